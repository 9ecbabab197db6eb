import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { quickThenDurable } from '../loop/quick-then-durable';
import { ONCE, UNTIL_IT_ANSWERS } from '../retry';
import type { PayinEvent } from '../../payin/events';
import type { PayinView } from '../../payin/view';
import type { Notification } from '../../merchant/notification-body';

/** The activities of the notification workflow, with their time limits. `activities/` implements them. */

export interface DeliverRequest {
  readonly endpoint: string;
  readonly notification: Notification;
  /** The endpoint asked not to be called before this instant, epoch ms. */
  readonly not_before?: number;
  /** The run already needs attention because the endpoint refuses the event: retry, however often it is refused. */
  readonly flagged?: boolean;
}

/** Why a delivery failed: the first detail of its ApplicationFailure. */
export interface DeliveryFailure {
  /** Which attempt of this activity it was. */
  readonly attempt: number;
  readonly http_status?: number;
  /** How long to wait before the endpoint is called again, ms. */
  readonly retry_after_ms?: number;
}

export interface Delivered {
  readonly http_status: number;
  /** Which attempt of this activity it was. */
  readonly attempt: number;
  /** Epoch ms. */
  readonly at: number;
}

export interface LoadRequest {
  readonly request_id: string;
  /** Only events with a higher number. */
  readonly after: number;
}

export interface LoadedEvents {
  readonly payin: PayinView;
  readonly events: readonly PayinEvent[];
  /** There are more events after these. */
  readonly more: boolean;
}

export interface NotificationActivities {
  /**
   * One attempt to send one event to one endpoint; with shorter time limits as a local activity. Its failure can't be
   * retried if the endpoint answered 410 Gone, or has refused too many attempts: then a person must look.
   */
  readonly deliver: (request: DeliverRequest) => Promise<Delivered>;
  /** A page of events from the order records; `null` if they hold no such pay-in, or one the merchant is not notified of. */
  readonly loadEvents: (request: LoadRequest) => Promise<LoadedEvents | null>;
}

const quick = proxyLocalActivities<NotificationActivities>({ startToCloseTimeout: '3 seconds', retry: ONCE });

/**
 * Delivers one event. The time-outs are longer than those of the HTTP request (`merchant/merchant.ts`), so that a failure
 * says what was wrong.
 * @param rest_ms how long it may still be tried
 * @param flagged the run already needs attention: it is tried less often
 */
export const deliver = (rest_ms: number, flagged: boolean) =>
  quickThenDurable(
    quick.deliver,
    proxyActivities<NotificationActivities>({
      startToCloseTimeout: '15 seconds',
      scheduleToCloseTimeout: Math.max(rest_ms, 1_000),
      retry: {
        initialInterval: flagged ? '5 minutes' : '5 seconds',
        backoffCoefficient: 2,
        maximumInterval: '1 hour',
      },
    }).deliver,
  );

export const loadEvents = quickThenDurable(
  quick.loadEvents,
  proxyActivities<NotificationActivities>({ startToCloseTimeout: '30 seconds', retry: UNTIL_IT_ANSWERS }).loadEvents,
);
