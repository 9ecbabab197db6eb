import { STATUS_INT, type OrderStatus, type SandboxOrder } from './order';
import { failure } from './query-order';

export type WebhookVersion = 'v1' | 'v2';

/** What a webhook says of an order that took `status` at `at` (`lesspay-api.md`, "Pay-in webhook"). */
export const webhookBody = (order: SandboxOrder, status: OrderStatus, at: number, version: WebhookVersion): object => ({
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
  channel_biz_data: null,
  event: null,
  event_data: null,
});
