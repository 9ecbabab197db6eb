import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PayinEvent, PayinEventKind } from '../../payin/events';
import type { OperatorNote } from '../../payin/operator-note';
import type { PayinView } from '../../payin/view';

/** The messages of the workflow that notifies one endpoint of the merchant of one pay-in. Names and types only. */

export const NOTIFICATION_WORKFLOW = 'notification';

/** An endpoint's name holds no "-" (`settings.ts`), so two different pairs never give the same id. */
export const notificationWorkflowId = (request_id: string, endpoint: string): string =>
  `notify-${request_id}-${endpoint}`;

/** The run's title in the Temporal UI. */
export const notificationSummary = ({ request_id, endpoint }: Pick<NotificationInput, 'request_id' | 'endpoint'>) =>
  `notify ${endpoint} of pay-in ${request_id}`;

export interface NotificationInput {
  readonly request_id: string;
  readonly endpoint: string;
  /** What the last run knew; absent if there was none. */
  readonly known?: KnownNotifications;
  /** The hand-overs that the last run received, unchecked, if that run can't be queried. */
  readonly told?: readonly unknown[];
}

/** Everything a run knows, as plain data, for the next run. Instants in epoch ms. */
export interface KnownNotifications {
  /** The highest number of an event that was delivered, or that a person gave up. 0: none yet. */
  readonly delivered: number;
  /** The newest 100, the oldest first. */
  readonly given_up: readonly GivenUp[];
  /** The newest 20. */
  readonly deliveries: readonly Delivery[];
  /** In the order of their numbers. */
  readonly pending: readonly PendingNotification[];
  /** Since when the first of them has been tried. */
  readonly trying_since?: number;
  /** Why a person must look. */
  readonly trouble?: Trouble;
  /** The failure of the last attempt whose end the workflow knows. */
  readonly last_failure?: string;
  /** The events from this number on are being loaded from the order records, to be sent again. */
  readonly resend_from?: number;
  /** *Cancel* was requested, which changes nothing. */
  readonly cancel_asked?: boolean;
}

/**
 * Why the first undelivered event is not delivered. `refused`: the endpoint refuses it with an answer that time seldom
 * changes; it is still tried. `gone`: the endpoint answered 410 Gone. `in_vain`: all attempts of 3 days failed. After `gone`
 * and `in_vain` it is tried again when a person asks for it; after `in_vain`, also when a newer event comes.
 */
export type Trouble = 'refused' | 'gone' | 'in_vain';

export interface PendingNotification {
  /** Absent in a long list of them: then it is sent with the pay-in of the next one that has one. */
  readonly payin?: PayinView;
  readonly event: PayinEvent;
  /** When it was handed over. */
  readonly since: number;
}

export interface GivenUp extends OperatorNote {
  readonly number: number;
  readonly at: number;
}

export interface Delivery {
  readonly number: number;
  readonly at: number;
  /** How many calls were made since its delivery was last started; the quick call counts, too. */
  readonly attempts: number;
  readonly http_status: number;
}

/** What the query `state` shows. Times in RFC 3339. */
export interface NotificationState {
  readonly request_id: string;
  readonly endpoint: string;
  readonly delivered: number;
  readonly needs_attention: boolean;
  /** Why it needs attention. */
  readonly trouble?: Trouble;
  /** The newest 20. */
  readonly deliveries: readonly (Omit<Delivery, 'at'> & { readonly at: string })[];
  readonly pending: readonly PendingView[];
  readonly trying_since?: string;
  readonly last_failure?: string;
  /** The newest 100. */
  readonly given_up: readonly (Omit<GivenUp, 'at'> & { readonly at: string })[];
}

export interface PendingView {
  readonly number: number;
  readonly kind: PayinEventKind;
  /** The status a transition led to. */
  readonly to?: string;
  /** When it happened. */
  readonly at: string;
  /** When it was handed over to be notified. */
  readonly since: string;
}

/** What a run ends with; the next run of the same pay-in and endpoint starts with `known`. */
export interface NotificationResult extends NotificationState {
  readonly known: KnownNotifications;
}

/** Events to be notified, in the order of their numbers, with the pay-in as it is after the last of them. */
export interface HandOver {
  readonly payin: PayinView;
  readonly events: readonly PayinEvent[];
  /** The pay-in's own try to send the first of them, which failed. */
  readonly tried?: FailedTry;
}

export interface FailedTry {
  /** The event's. */
  readonly number: number;
  readonly failure: string;
  /** The endpoint asked not to be called before this instant, epoch ms. */
  readonly not_before?: number;
}

export interface ResendRequest {
  /**
   * Events from this number on are sent again, with the same ids. Absent: undelivered events are tried now; if there are
   * none, all events are sent again.
   */
  readonly from?: number;
}

export interface SkipNote extends OperatorNote {
  /** The number of the event to leave out, which must be the first undelivered one. */
  readonly number: number;
}

/** From the pay-in's workflow. May come more than once, and late. */
export const handOverSignal = defineSignal<[handOver?: HandOver]>('notify');
/** From a person: try again, or send again. */
export const resendSignal = defineSignal<[request?: ResendRequest]>('resend');
export const notificationStateQuery = defineQuery<NotificationState>('state');
/** For the run after one that was terminated. */
export const knownNotificationsQuery = defineQuery<KnownNotifications>('known');
/** Gives up all undelivered events, for good. Refused if there are none. */
export const giveUpUpdate = defineUpdate<NotificationState, [OperatorNote]>('acknowledge');
/** Gives up the first undelivered event, for good, and goes on with the next. Refused if `number` is not that event's. */
export const skipUpdate = defineUpdate<NotificationState, [SkipNote]>('skip');
