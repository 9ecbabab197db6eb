/** Lesspay's protocol, usable without the rest of the product (docs/lesspay.md). */
export {
  createLesspayClient,
  type CallOptions,
  type LesspayClient,
  type LesspayClientOptions,
  type QueryOptions,
  type QueryOrderOptions,
} from './client';
export type { CreatedOrder } from './answer';
export type { Order } from './answer-schemas';
export type { ListedRow, OrderPage } from './list-answer';
export type { CreateOrderRequest, OrderList, OrderQuery } from './schemas';
export { ORDER_STATUS, type OrderStatus } from './order-status';
export { requestSignature, webhookSignature } from './signature';
export { verifyWebhook, type Webhook, type WebhookOptions } from './webhook';
export {
  LesspayError,
  WebhookError,
  type FieldProblem,
  type LesspayEffect,
  type LesspayErrorKind,
  type WebhookErrorCode,
  type WebhookVersion,
} from './errors';
