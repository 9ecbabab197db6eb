/** What a backend needs to start, read and wake pay-ins with `@temporalio/client`. */
export { checkoutWithStart, type CheckoutWithStart } from './update-with-start';
export { openSession, type PaymentSession } from './payment-session';
export type { SealingKeys } from './sealed';
export { payinRequest, type PayinRequestInput } from './payin-request';
export { startPayin, type OfferedCard, type RecordedPayin, type StartOptions, type StartOutcome } from './start-payin';
export { readPayin, type ReadOptions } from './read-payin';
export { PayinUnreadableError, type UnreadableReason } from './payin-unreadable';
export { wakePayin, type Signalled } from './signal-payin';
export { dataConverter } from '../temporal.config';
export * from '../workflows/payin/messages';
