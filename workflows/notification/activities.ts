import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { quickThenDurable } from '../loop/quick-then-durable';
import { ONCE, UNTIL_IT_ANSWERS } from '../retry';
import type { PayinEvent } from '../../payin/events';
import type { PayinView } from '../../payin/view';
import type { Notification } from '../../merchant/notification-body';

/** What the notification of an endpoint asks of the world, and how long it waits. `activities/` implements it. */

export interface DeliverRequest {
  readonly endpoint: string;
  readonly notification: Notification;
  /** The endpoint asked not to be called before, epoch ms. */
  readonly not_before?: number;
  /** A person has been told that it is refused: it is tried on, whatever the answer. */
  readonly flagged?: boolean;
}

/** What a failed delivery says beside its message: the first of the failure's details. */
export interface DeliveryFailure {
  /** Which attempt of this activity it was. */
  readonly attempt: number;
  readonly http_status?: number;
  /** The endpoint is not to be called before so many ms have passed. */
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
  /** There are others behind them. */
  readonly more: boolean;
}

/** What the notification of an endpoint asks of it, and of the order records. */
export interface NotificationActivities {
  /**
   * One attempt to tell one endpoint of one event; quick where it runs as a local activity. Its failure is for good
   * where the endpoint is gone, or where so many attempts were refused that a person should hear of it.
   */
  readonly deliver: (request: DeliverRequest) => Promise<Delivered>;
  /** A page of what the order records hold; `null` where they hold no such pay-in, or none that the merchant is told of. */
  readonly loadEvents: (request: LoadRequest) => Promise<LoadedEvents | null>;
}

const quick = proxyLocalActivities<NotificationActivities>({ startToCloseTimeout: '3 seconds', retry: ONCE });

/**
 * One delivery: each call is given longer than it may take (`merchant/merchant.ts`), so that its failure says what was wrong.
 * @param rest_ms how long it may still be tried
 * @param flagged a person has been told already: there is no hurry
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
