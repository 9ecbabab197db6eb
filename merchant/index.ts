/** The merchant's side of notifications: what is sent, how it is signed, and where it may go. */
export type { Endpoint } from './endpoint';
export { DeliveryError, type DeliveryErrorCode } from './errors';
export { createMerchant, type DeliveryOptions, type Merchant, type MerchantOptions } from './merchant';
export { notificationBody, webhookId, type NotificationBody } from './notification-body';
