/** The Lesspay SDK: all that speaks Lesspay's protocol, and nothing else. */
export type { CreatedOrder } from './answer';
export type { Order } from './answer-schemas';
export {
  createLesspayClient,
  type CallOptions,
  type LesspayClient,
  type LesspayClientOptions,
  type QueryOptions,
  type QueryOrderOptions,
} from './client';
export { decimalText, sameDecimal } from './decimal';
export {
  JsonError,
  LesspayError,
  WebhookError,
  type FieldProblem,
  type LesspayEffect,
  type LesspayErrorKind,
  type WebhookErrorCode,
} from './errors';
export type { ListedRow, OrderPage } from './list-answer';
export { ORDER_STATUS, orderStatus, type OrderStatus } from './order-status';
export { freeText, type CreateOrderRequest, type OrderList, type OrderQuery } from './schemas';
export { requestSignature, webhookSignature, type WebhookVersion } from './signature';
export { verifyWebhook, type Webhook, type WebhookOptions } from './webhook';
