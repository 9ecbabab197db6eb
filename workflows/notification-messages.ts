import type { PayinEvent } from './payin-events';
import type { PayinView } from './payin-messages';

/**
 * What the workflow that notifies one of the merchant's endpoints of one pay-in is told and asked: names and types only.
 */

export const NOTIFICATION_WORKFLOW = 'notification';

/** An endpoint's name holds no "-" (`settings.ts`), so two pairs never make one id. */
export const notificationWorkflowId = (request_id: string, endpoint: string): string =>
  `notify-${request_id}-${endpoint}`;

/** One event, with the pay-in as it was when the event was handed over. */
export interface Notification {
  readonly payin: PayinView;
  readonly event: PayinEvent;
}
