import { z } from 'zod';
import { sameDecimal } from '../lesspay/decimal';
import { isAmount } from './amount';
import { SandboxError } from './errors';
import { orderEvent, type OrderEvent } from './order-event';

/** The statuses of a pay-in's order (docs/lesspay.md, "Order status"). */
export const orderStatus = z.enum([
  'PENDING_CONFIRM',
  'PENDING_PAY',
  'SUCCEED',
  'FAILED',
  'CANCELED',
  'REFUND',
  'CLOSED',
  'PAID',
]);
export type OrderStatus = z.output<typeof orderStatus>;

/** Lesspay's integer for each status. */
export const STATUS_INT: Record<OrderStatus, number> = {
  PENDING_CONFIRM: 0,
  PENDING_PAY: 1,
  SUCCEED: 2,
  FAILED: 3,
  CANCELED: 4,
  REFUND: 5,
  CLOSED: 6,
  PAID: 12,
};

/** A status that the order had, and the time when it got it, epoch ms. */
const pastStatus = z.object({ status: orderStatus, at: z.int() });

/** A webhook that the merchant has not acknowledged yet. Times in epoch ms. */
const pendingWebhook = z.object({
  id: z.int(),
  status: orderStatus,
  /** The time when the order got that status. */
  at: z.int(),
  /** The event that it reports; `null` for a webhook about a status. */
  event: orderEvent.nullable().default(null),
  attempts: z.int(),
  /** The earliest time to send it, by the sandbox's clock, not Lesspay's; 0: at once. */
  due_at: z.number(),
});
export type PendingWebhook = z.output<typeof pendingWebhook>;

/**
 * An order in memory and on disk. Only these members are stored, so no secret, no card data and no payer's data (`channel_extra`).
 * Times in epoch ms.
 */
export const sandboxOrder = z.object({
  pay_order_id: z.string().regex(/^P\d{19}$/),
  request_id: z.string(),
  status: orderStatus,
  target_amount: z.string(),
  target_currency: z.string(),
  product_name: z.string(),
  description: z.string(),
  success_url: z.string(),
  fail_url: z.string(),
  notify_url: z.string().nullable(),
  way_type: z.string().nullable(),
  way_code: z.string().nullable().default(null),
  /** What 3-D Secure came to, for a card that paid. */
  three_ds: z.enum(['none', 'enrolled', 'downgraded']).nullable().default(null),
  /** The payer agreed that Lesspay stores the card. Its token is made again for each webhook, and kept nowhere. */
  stores_card: z.boolean().default(false),
  created_at: z.int(),
  expires_at: z.int(),
  /** The time when it got a status other than `PENDING_…`. */
  settled_at: z.int().nullable(),
  /** Every status that it had, oldest first. */
  history: z.array(pastStatus).default([]),
  /** The amount that the payer paid, decimal string in major units. */
  paid_amount: z.string().nullable(),
  next_webhook_id: z.int(),
  webhooks: z.array(pendingWebhook),
});
export type SandboxOrder = z.output<typeof sandboxOrder>;

export const isPending = (order: SandboxOrder): boolean =>
  order.status === 'PENDING_CONFIRM' || order.status === 'PENDING_PAY';

/** Actions on an order, by the payer on the checkout page or over the control endpoint. */
export const ACTIONS = ['confirm', 'pay', 'pay-different', 'decline', 'cancel', 'refund', 'expire'] as const;
export type OrderAction = (typeof ACTIONS)[number];

export interface ActionOptions {
  /** The amount for `pay-different`: decimal string in major units. */
  readonly amount?: string | undefined;
  /** Do it in any status, e.g. for money that arrives after `CLOSED`. */
  readonly force?: boolean | undefined;
}

/**
 * The order after `action` at `now`, with a new webhook.
 * @throws SandboxError `order_settled` when its status does not allow the action, `amount_invalid`
 */
export function act(order: SandboxOrder, action: OrderAction, now: number, options: ActionOptions = {}): SandboxOrder {
  const allowed = action === 'refund' ? order.status === 'SUCCEED' || order.status === 'PAID' : isPending(order);
  if (!allowed && options.force !== true) throw new SandboxError('order_settled', refusal(order, action));
  switch (action) {
    case 'confirm':
      return { ...took(order, 'PENDING_PAY', now), settled_at: null };
    case 'pay':
      return settle({ ...order, paid_amount: order.target_amount }, 'SUCCEED', now);
    case 'pay-different': {
      const amount = options.amount ?? '';
      if (!isAmount(amount)) throw new SandboxError('amount_invalid', 'Enter an amount above zero, such as 99.50.');
      const status = sameDecimal(amount, order.target_amount) ? 'SUCCEED' : 'PAID';
      return settle({ ...order, paid_amount: amount }, status, now);
    }
    case 'decline':
      return settle(order, 'FAILED', now);
    case 'cancel':
      return settle(order, 'CANCELED', now);
    case 'refund':
      return settle(order, 'REFUND', now);
    case 'expire':
      return settle(order, 'CLOSED', now);
  }
}

/** The order at `now`: `CLOSED` when it is unpaid and past its lifetime. The same object when nothing changed. */
export const expireIfDue = (order: SandboxOrder, now: number): SandboxOrder =>
  isPending(order) && now >= order.expires_at ? settle(order, 'CLOSED', order.expires_at) : order;

function settle(order: SandboxOrder, status: OrderStatus, at: number): SandboxOrder {
  const settled = { ...took(order, status, at), settled_at: at };
  return order.notify_url === null ? settled : queueWebhook(settled, at, null);
}

const took = (order: SandboxOrder, status: OrderStatus, at: number): SandboxOrder => ({
  ...order,
  status,
  history: [...order.history, { status, at }],
});

/** The order as query-order showed it at `instant` (epoch ms, not before its creation). */
export function orderAt(order: SandboxOrder, instant: number): SandboxOrder {
  const past = order.history.findLast(({ at }) => at <= instant);
  if (!past) return order;
  const then = { ...order, status: past.status };
  return { ...then, settled_at: isPending(then) ? null : past.at };
}

/**
 * The order with a new webhook about an event. Its status does not change.
 * @throws SandboxError `webhook_invalid` when the order has no `notify_url`
 */
export function report(order: SandboxOrder, event: OrderEvent, now: number): SandboxOrder {
  if (order.notify_url === null)
    throw new SandboxError('webhook_invalid', 'The order has no notify_url. Create one that has.');
  return queueWebhook(order, order.settled_at ?? now, event);
}

function queueWebhook(order: SandboxOrder, at: number, event: OrderEvent | null): SandboxOrder {
  const webhook = { id: order.next_webhook_id, status: order.status, at, event, attempts: 0, due_at: 0 };
  return { ...order, next_webhook_id: webhook.id + 1, webhooks: [...order.webhooks, webhook] };
}

const refusal = (order: SandboxOrder, action: OrderAction): string =>
  action === 'refund'
    ? `The order is ${order.status}: only a paid order can be refunded. Pay it first, or add "force": true.`
    : `The order is already ${order.status}: "${action}" is not possible. Create another order, or add "force": true.`;
