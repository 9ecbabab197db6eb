import { createHash } from 'node:crypto';
import { STATUS_INT, type OrderStatus, type SandboxOrder } from './order';
import type { OrderEvent } from './order-event';
import { failure } from './query-order';

export type WebhookVersion = 'v1' | 'v2';

/** What a webhook states about the order. */
export interface WebhookContent {
  readonly status: OrderStatus;
  /** The time when the order got that status, epoch ms. */
  readonly at: number;
  readonly event?: OrderEvent | null;
}

/** The body of a webhook (docs/lesspay.md, "Webhooks"). */
export const webhookBody = (
  order: SandboxOrder,
  { status, at, event }: WebhookContent,
  version: WebhookVersion,
): object => ({
  request_id: order.request_id,
  pay_order_id: order.pay_order_id,
  order_status: status,
  order_status_int: STATUS_INT[status],
  target_currency: order.target_currency,
  target_amount: order.target_amount,
  success_url: order.success_url,
  fail_url: order.fail_url,
  notify_url: order.notify_url,
  product_name: order.product_name,
  description: order.description,
  complete_time: at,
  ...failure(status),
  merchant_reserved_field: null,
  api_version: version,
  channel_biz_data: channelData(order),
  ...eventMembers(event),
});

/** As the vendor's demo shows it for a card. Where the token of a stored card stands is a guess. */
const channelData = ({ three_ds, stores_card, pay_order_id }: SandboxOrder): object | null =>
  three_ds === null
    ? null
    : {
        issuer: 'SANDBOX BANK',
        issuer_country: 'US',
        '3ds': { downgraded: three_ds === 'downgraded', enrolled: three_ds === 'none' ? 'N' : 'Y' },
        ...(stores_card ? { token_data: { token: storedToken(pay_order_id), last4: '4242' } } : {}),
      };

/** The token of an order's card: the same in each webhook, also after a new start, so that it need not be kept. */
export const storedToken = (pay_order_id: string): string =>
  `src_${createHash('sha256').update(`the card of ${pay_order_id}`).digest('hex').slice(0, 26)}`;

/** The shape of `event_data` is not public; this one is a guess. */
function eventMembers(reported: OrderEvent | null | undefined): object {
  if (!reported) return { event: null, event_data: null };
  const { event, ...event_data } = reported;
  return { event, event_data };
}
