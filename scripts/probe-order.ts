import { randomBytes } from 'node:crypto';
import { checkRequest } from '../lesspay/check-request';
import { createOrderBody } from '../lesspay/create-order-body';
import { type MethodType, methodOf, paymentMethod } from '../lesspay/methods';
import { orderTerms, orderWay, sentAmount } from '../lesspay/order-terms';
import { createOrderRequest } from '../lesspay/schemas';

/** The lifetime of the order that a probe makes: it closes by itself, unpaid. */
const LIFETIME_S = 60;
const AMOUNT = '10.00';

/** What a probe states of the payer or the card: `--customer name=Ana`, `--token src_...`, `--currency USD`. */
export interface ProbedOrder {
  readonly method: MethodType;
  readonly currency?: string | undefined;
  readonly customer: readonly string[];
  readonly token?: string | undefined;
}

/**
 * The body of a create-order for a small order that nobody pays, by a method.
 * @throws LesspayError of kind `invalid_request` that names every wrong field
 */
export function probeOrder({ method: type, currency, customer, token }: ProbedOrder, publicUrl: string): object {
  const members = Object.fromEntries(customer.map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
  const stated = {
    type,
    ...(customer.length === 0 ? {} : { customer: members }),
    ...(token === undefined ? {} : { token }),
  };
  const method = checkRequest(paymentMethod, stated);
  const target_currency = methodOf(type).currency ?? currency ?? 'USD';
  const order = checkRequest(createOrderRequest, {
    request_id: `probe-${randomBytes(5).toString('hex')}`,
    product_name: 'A probe',
    description: 'Nobody pays this order',
    target_amount: sentAmount(AMOUNT, orderTerms(method, target_currency)),
    target_currency,
    success_url: publicUrl,
    fail_url: publicUrl,
    notify_url: `${publicUrl}/webhooks/lesspay`,
    expired_time: LIFETIME_S,
    ...orderWay(method),
  });
  return createOrderBody(order);
}
