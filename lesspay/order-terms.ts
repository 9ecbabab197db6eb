import { currencyDigits, inMinorUnits } from './currency';
import { methodOf, type PaymentMethod } from './methods';
import type { NextStep } from './next-step';
import { MOST_MINOR_UNITS, type CreateOrderRequest } from './schemas';

/** What the table of methods says of an order. */
export interface OrderTerms {
  /** In which unit Lesspay is sent the amount. */
  readonly unit: 'major' | 'minor';
  /** How many digits the currency has after the point; absent for a cryptocurrency. */
  readonly digits?: number;
  readonly shows: NextStep['type'];
}

/** @param method absent: `way_type` and `way_code` are passed on, to a hosted page */
export function orderTerms(method: PaymentMethod | undefined, currency: string): OrderTerms {
  const { amount = 'major', shows = 'redirect' } = method ? methodOf(method.type) : {};
  const digits = currencyDigits(currency);
  return { unit: amount, ...(digits === undefined ? {} : { digits }), shows };
}

/** One problem of an order, and the field of it. */
export interface OrderProblem {
  readonly field: 'amount' | 'currency';
  readonly problem: string;
}

/** What a method does not take: another currency, or an amount that is no whole number of minor units. */
export function orderProblems(method: PaymentMethod, amount: string, currency: string): OrderProblem[] {
  const { currency: only, amount: unit } = methodOf(method.type);
  if (only !== undefined && currency !== only)
    return [{ field: 'currency', problem: `must be ${only} for ${method.type}` }];
  if (unit !== 'minor') return [];
  const digits = currencyDigits(currency) ?? 0;
  const minor = inMinorUnits(amount, digits);
  if (minor === undefined)
    return [{ field: 'amount', problem: `must have at most ${digits} digits after the point for ${method.type}` }];
  return minor > MOST_MINOR_UNITS
    ? [{ field: 'amount', problem: `must be at most ${MOST_MINOR_UNITS / 10 ** digits} for ${method.type}` }]
    : [];
}

/** The members of create-order that say how an order is paid. */
export function orderWay(method: PaymentMethod): Pick<CreateOrderRequest, WayMember> {
  const { pay_access_type, way_type, way_code } = methodOf(method.type);
  return {
    pay_access_type,
    ...(way_type === undefined ? {} : { way_type }),
    ...(way_code === undefined ? {} : { way_code }),
    ...details(method),
  };
}

type WayMember =
  'pay_access_type' | 'way_type' | 'way_code' | 'transaction_network' | 'use_channel_request_id' | 'channel_extra';

function details(method: PaymentMethod): Pick<CreateOrderRequest, WayMember> {
  switch (method.type) {
    case 'crypto': {
      const { type: _type, ...same } = method;
      return same;
    }
    case 'card':
      return threeDs(method);
    case 'card_session':
      return { use_channel_request_id: true, ...threeDs(method) };
    case 'card_token':
      return { channel_extra: { extra_type: 'token', token_data: { token: method.token ?? '' } } };
    case 'bank_push_mxn':
    case 'pix_brl':
      return { channel_extra: { customer_data: method.customer } };
  }
}

const threeDs = ({ three_ds }: { readonly three_ds?: { readonly enabled: boolean } }) =>
  three_ds ? { channel_extra: { three_ds } } : {};

/** The amount as Lesspay is sent it: text in major units, or an integer in minor units. */
export function sentAmount(amount: string, { unit, digits }: Pick<OrderTerms, 'unit' | 'digits'>): string | number {
  if (unit === 'major') return amount;
  const minor = digits === undefined ? undefined : inMinorUnits(amount, digits);
  if (minor === undefined) throw new RangeError(`the amount ${amount} is no whole number of minor units`);
  return minor;
}
