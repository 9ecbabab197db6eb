import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PayinEvent, PayinEventKind } from '../../payin/events';
import type { OperatorNote } from '../../payin/operator-note';
import type { PayinView } from '../../payin/view';

/**
 * What the workflow that notifies one of the merchant's endpoints of one pay-in is told and asked: names and types only.
 */

export const NOTIFICATION_WORKFLOW = 'notification';

/** An endpoint's name holds no "-" (`settings.ts`), so two pairs never make one id. */
export const notificationWorkflowId = (request_id: string, endpoint: string): string =>
  `notify-${request_id}-${endpoint}`;

/** The run's title in the Temporal UI. */
export const notificationSummary = ({ request_id, endpoint }: Pick<NotificationInput, 'request_id' | 'endpoint'>) =>
  `notify ${endpoint} of pay-in ${request_id}`;

export interface NotificationInput {
  readonly request_id: string;
  readonly endpoint: string;
  /** What the run before this one knew; absent where there was none. */
  readonly known?: KnownNotifications;
  /** What the run before this one was told, as it came, where that run can't be asked. */
  readonly told?: readonly unknown[];
}

/** Everything a run knows, as plain data: for the run that comes after it. Instants in epoch ms. */
export interface KnownNotifications {
  /** The highest number of an event that was delivered, or that a person gave up. 0: none yet. */
  readonly delivered: number;
  /** The newest 100, the oldest first. */
  readonly given_up: readonly GivenUp[];
  /** What was delivered, the newest 20. */
  readonly deliveries: readonly Delivery[];
  /** In the order of their numbers. */
  readonly pending: readonly PendingNotification[];
  /** Since when the first of them is being tried. */
  readonly trying_since?: number;
  /** A person must look. */
  readonly trouble?: Trouble;
  /** Why the last attempt failed that this workflow heard of. */
  readonly last_failure?: string;
  /** Events are to be sent again that the order records have, from this number on; they are being loaded. */
  readonly resend_from?: number;
  /** Somebody asked for *Cancel*, which does nothing. */
  readonly cancel_asked?: boolean;
}

/**
 * What is wrong with the first that is undelivered. `refused`: the endpoint does not take it, in a way that waiting seldom
 * cures; it is still tried. `gone`: the endpoint wants no more of it (410); `in_vain`: tried for 3 days; both are tried
 * again when a person asks for it, the latter also when something newer is to be told.
 */
export type Trouble = 'refused' | 'gone' | 'in_vain';

export interface PendingNotification {
  /** Absent in a long row of them: then the next one's that has it. */
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
  /** Of the calls of its last round: a first quick one counts, too. */
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

/** What a run ends with; `known` is what a later run of the same pay-in and endpoint goes on from. */
export interface NotificationResult extends NotificationState {
  readonly known: KnownNotifications;
}

/** Events to be notified, in the order of their numbers, with the pay-in as it is after the last of them. */
export interface HandOver {
  readonly payin: PayinView;
  readonly events: readonly PayinEvent[];
}

export interface ResendRequest {
  /**
   * Events from this number on are sent again, with the ids they had. Absent: what is undelivered is tried now; where
   * nothing is, all events are sent again.
   */
  readonly from?: number;
}

export interface SkipNote extends OperatorNote {
  /** Of the event that is left out: the first that is undelivered. */
  readonly number: number;
}

/** From the pay-in: may be repeated, and come late. */
export const handOverSignal = defineSignal<[handOver?: HandOver]>('notify');
/** From a person: try again, or send again. */
export const resendSignal = defineSignal<[request?: ResendRequest]>('resend');
export const notificationStateQuery = defineQuery<NotificationState>('state');
/** For the run that comes after one that was terminated. */
export const knownNotificationsQuery = defineQuery<KnownNotifications>('known');
/** Gives up, for good, what is undelivered. Refused where nothing is. */
export const giveUpUpdate = defineUpdate<NotificationState, [OperatorNote]>('acknowledge');
/** Gives up, for good, the first that is undelivered, and goes on with the next. Refused where another one is the first. */
export const skipUpdate = defineUpdate<NotificationState, [SkipNote]>('skip');
