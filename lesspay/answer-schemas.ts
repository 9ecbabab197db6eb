import { z } from 'zod';
import { decimalText } from './decimal';
import { orderStatus } from './order-status';
import { snakeCase } from './read-step';
import { payOrderId } from './schemas';
import { membersOf, stated, type Stated } from './stated';
import { isWebUrl } from './text';

/**
 * Schemas of Lesspay's answers. Their shapes are not public (docs/lesspay.md, "create-order" and "query-order"), so names are
 * accepted in snake_case and camelCase, `null` and `""` count as absent, and unknown members are ignored. Ids and statuses
 * must be valid. A number is given to a schema as the text it was written with (`plainJson`).
 */

function snakeCased(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const given = Object.entries(members).filter(([, member]) => member !== null && member !== '');
  // Of `pay_order_id` and `payOrderId` in one object, the first counts.
  return Object.fromEntries([...given.map(([name, member]) => [snakeCase(name), member]), ...given]);
}

/** Text that is only shown or compared. A value of another type counts as absent. */
const echo = z.string().optional().catch(undefined);

const number = z.string().regex(/^\d{1,9}$/);

/** `{ code, msg, data }`. */
export const envelope = z.object({ code: number.transform(Number), msg: echo, data: z.unknown().optional() });

/** A new order: the answer's `data` or `data.order_data`. */
export const createdOrder = z.preprocess(
  snakeCased,
  z.object({ pay_order_id: payOrderId, request_id: z.string().optional() }),
);

/** The URL of the checkout page. */
export const checkoutUrl = z.string().refine(isWebUrl);

/** The ids in a row, also in a row that `orderRow` can't read. */
export const rowIds = z.preprocess(snakeCased, z.object({ request_id: echo, pay_order_id: echo }).catch({}));

/** The total number of orders on all pages, where the answer states it. */
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

/** The amount and currency that the answer to create-order repeats. One that can't be read counts as absent. */
export const echoedMoney = z.preprocess(
  snakeCased,
  z
    .object({ target_amount: amount.optional().catch(undefined), target_currency: echo })
    .catch({ target_amount: undefined, target_currency: undefined }),
);

const currency = z.string().max(16);

/**
 * One order in the answer of `query-order`.
 * An amount or a currency that is present must be valid: ignoring it could hide a difference.
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

/** An order at Lesspay: the members that `query-order` states. */
export interface Order extends Stated<{
  request_id: string;
  pay_order_id: string;
  /** Decimal string in major units, with all digits as Lesspay wrote them. */
  amount: string;
  currency: string;
  checkout_url: string;
  product_name: string;
  description: string;
  success_url: string;
  fail_url: string;
}> {
  /** Lesspay's word; may be one that is not in `ORDER_STATUS`. */
  readonly status: string;
}
