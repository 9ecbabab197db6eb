import { z } from 'zod';
import { decimalText } from './decimal';
import { orderStatus } from './order-status';
import { isWebUrl, payOrderId } from './schemas';
import { membersOf, stated, type Stated } from './stated';

/**
 * What Lesspay answers. Its shapes are not public (docs/lesspay.md, "create-order" and "query-order"): names are read in
 * snake_case and camelCase, `null` and `""` are absent, unknown members are left alone; ids and status must be right.
 * Numbers come here as the text they were written with (`plainJson`).
 */

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function snakeCased(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const given = Object.entries(members).filter(([, member]) => member !== null && member !== '');
  // A name that is written in snake_case wins over one that only becomes so.
  return Object.fromEntries([...given.map(([name, member]) => [snakeCase(name), member]), ...given]);
}

/** Text that is only shown or compared: anything else in its place is as good as absent. */
const echo = z.string().optional().catch(undefined);

const number = z.string().regex(/^\d{1,9}$/);

/** `{ code, msg, data }`. */
export const envelope = z.object({ code: number.transform(Number), msg: echo, data: z.unknown().optional() });

/** A new order, as `data` or `data.order_data` holds it. */
export const createdOrder = z.preprocess(
  snakeCased,
  z.object({ pay_order_id: payOrderId, request_id: z.string().optional(), checkout_url: z.unknown().optional() }),
);

/** The page a payer may be sent to. */
export const checkoutUrl = z.string().refine(isWebUrl);

/** The ids that a row states, readable or not otherwise. */
export const rowIds = z.preprocess(snakeCased, z.object({ request_id: echo, pay_order_id: echo }).catch({}));

/** How many orders a page object says there are on all pages. */
export const statedTotal = z.preprocess(
  snakeCased,
  z.object({ total: number.optional().catch(undefined), total_count: number.optional().catch(undefined) }).catch({}),
);

const amount = z.string().transform((text, context) => {
  const plain = decimalText(text);
  if (plain !== undefined) return plain;
  context.addIssue({ code: 'custom', message: 'must be a decimal' });
  return z.NEVER;
});
const status = z.string().max(64);
const currency = z.string().max(16);

/**
 * One order, as `query-order` shows it.
 * An amount or a currency that is present must be readable: dropping it would hide that it differs.
 */
export const orderRow = z
  .preprocess(
    snakeCased,
    z.object({
      request_id: z.string().optional(),
      pay_order_id: payOrderId.optional(),
      order_status: status.optional(),
      status: status.optional(),
      order_status_int: number.optional(),
      target_amount: amount.optional(),
      amount: amount.optional(),
      target_currency: currency.optional(),
      currency: currency.optional(),
      checkout_url: checkoutUrl.optional().catch(undefined),
      product_name: echo,
      description: echo,
      success_url: echo,
      fail_url: echo,
    }),
  )
  .transform((row, context): Order => {
    const { order_status, status, order_status_int, target_amount, amount, target_currency, currency, ...same } = row;
    const word = order_status ?? status ?? order_status_int;
    if (word === undefined) {
      context.addIssue({ code: 'custom', path: ['order_status'], message: 'is required' });
      return z.NEVER;
    }
    return {
      ...stated({ ...same, amount: target_amount ?? amount, currency: target_currency ?? currency }),
      status: orderStatus(word),
    };
  });

/** An order at Lesspay, as far as `query-order` states it. */
export interface Order extends Stated<{
  request_id: string;
  pay_order_id: string;
  /** Plain decimal text in major units, every digit kept. */
  amount: string;
  currency: string;
  checkout_url: string;
  product_name: string;
  description: string;
  success_url: string;
  fail_url: string;
}> {
  /** Lesspay's word, known to us or not. */
  readonly status: string;
}
