import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import { quickCall, quickThenDurable } from '../loop/quick-then-durable';
import { BackgroundActivity } from '../loop/background-activity';
import { ONCE, UNTIL_IT_ANSWERS } from '../retry';
import type { FailedTry, HandOver } from '../notification/messages';
import type { LesspayError } from '../../lesspay/errors';
import type { PayinFacts } from '../../payin/facts';
import type { PayinRequest } from '../../payin/request';
import type { PayinWrite } from '../../records/payin-record';
import type { ResumeInput, StartInput } from './messages';
import type { SeenOrder, CreatedOrder } from '../../payin/seen-order';

/** The activities of a pay-in, with their time limits. `activities/` implements them. */

export interface OrderQuery {
  readonly request_id: string;
  /** Not part of the query. But an answer that names it is about our order, whatever `request_id` it names. */
  readonly pay_order_id?: string;
  /** Epoch ms; the query's time window is anchored here. */
  readonly ordered_at: number;
}

export type OrderAnswer = { readonly found: false } | { readonly found: true; readonly order: SeenOrder };

/** Why a call failed: the first detail of its ApplicationFailure. */
export interface LesspayFailure {
  readonly kind: LesspayError['kind'] | 'repeated';
  /** Did the request take effect at Lesspay? */
  readonly effect: LesspayError['effect'];
  readonly message: string;
  readonly lesspay_code?: number;
  readonly lesspay_message?: string;
  /** The order may be one that this pay-in made before its run was reset. */
  readonly after_reset?: true;
  /** The start of an answer that can't be read, without secrets. For engineers. */
  readonly body_excerpt?: string;
}

/** A pay-in's calls to Lesspay. */
export interface LesspayActivities {
  /**
   * One attempt to create the order. If the server executes the activity twice, only the first execution calls Lesspay.
   * Fails with a `LesspayFailure` that says whether the request may have taken effect.
   */
  readonly createOrder: (request: PayinRequest) => Promise<CreatedOrder>;
  /** The order as Lesspay has it now; `found: false` only if Lesspay says that it does not know it. */
  readonly queryOrder: (query: OrderQuery) => Promise<OrderAnswer>;
}

export interface KnownPayin {
  /** The facts of its order record or of its last run, whichever knows more. */
  readonly facts?: PayinFacts;
  /** What it was started with, and when (epoch ms), if the facts of no run can be read. */
  readonly input?: StartInput;
  readonly started_at?: number;
  /** A run whose last facts could not be read. */
  readonly unread_run_id?: string;
  /** The `webhook` signals, the oldest first, of runs whose facts can't be read. `facts` may know some of them already. */
  readonly missed?: readonly unknown[];
}

/** What a pay-in reads from Temporal and the order records. */
export interface PayinActivities {
  /** `null` if neither the order records nor Temporal know the pay-in. */
  readonly loadPayin: (resume: ResumeInput['resume']) => Promise<KnownPayin | null>;
  /** Was the calling run made by a *Reset*, so that it may have forgotten what it did? */
  readonly wasReset: (request_id: string) => Promise<boolean>;
}

/** What the order record holds, if that is not what the writing run expects. */
export interface Ahead {
  readonly facts: PayinFacts;
  readonly last_event: number;
}

/** Events that the merchant is to be notified of, in the order of their numbers. */
export interface Batch extends Omit<HandOver, 'tried'> {
  /** The number of the pay-in's last event. */
  readonly last_event: number;
  /** The endpoints that are not called: their notification workflows get the events. */
  readonly handed_over: readonly string[];
}

/** An endpoint that has not taken all events of a batch: its notification workflow must get the rest. */
export interface Behind {
  readonly endpoint: string;
  /** The number of the last event that it has taken; 0: none. */
  readonly taken: number;
  /** Why it has not taken the next one; absent if that was not sent. */
  readonly tried?: FailedTry;
}

/** What `publish` did. Nothing was sent if the record was ahead. */
export interface Published {
  /** What the record holds, if nothing was written. */
  readonly ahead?: Ahead;
  /** The endpoints that have not taken all; absent if there was no batch. */
  readonly behind?: readonly Behind[];
}

/** How a pay-in writes its order record and has the merchant notified. */
export interface PublishingActivities {
  /**
   * Both at once, as far as it can be done quickly: writes the order record, then sends each endpoint the events, one try each.
   * An endpoint that was unavailable or slow a moment ago is not called. Fails if the record can't be written.
   */
  readonly publish: (what: { readonly write?: PayinWrite; readonly batch?: Batch }) => Promise<Published>;
  /**
   * Writes the pay-in's order record. `null` if it was written; else what the record holds instead, perhaps from an earlier
   * attempt of this very write.
   */
  readonly record: (write: PayinWrite) => Promise<Ahead | null>;
  /**
   * Hands events over to the notification workflows of the endpoints that are behind, or of all. A workflow ignores those that
   * it already has, so it may be repeated. Tries all, and fails if one workflow could not be signalled.
   * @returns the names of the endpoints
   */
  readonly notify: (batch: Batch & { readonly behind?: readonly Behind[] }) => Promise<readonly string[]>;
}

/** Lesspay gets 30 s to answer, since a late answer holds the only checkout page. The other 5 s are for the way there and back. */
const CREATE_TIMEOUT = '35 seconds';

/**
 * Each call is one create-order, which Temporal never retries (`first-execution.ts`). The workflow decides what comes next
 * (docs/design.md, rule 3).
 */
export const createOrder = proxyActivities<LesspayActivities>({
  startToCloseTimeout: CREATE_TIMEOUT,
  retry: ONCE,
}).createOrder;

export const queryOrder = quickThenDurable(
  proxyLocalActivities<LesspayActivities>({
    startToCloseTimeout: '3 seconds',
    retry: ONCE,
  }).queryOrder,
  proxyActivities<LesspayActivities>({
    startToCloseTimeout: '15 seconds',
    scheduleToCloseTimeout: '24 hours',
    // It is cancelled only to be called again: there is no need to wait for the end of its last attempt.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: UNTIL_IT_ANSWERS,
  }).queryOrder,
);

const known = {
  quick: proxyLocalActivities<PayinActivities>({ startToCloseTimeout: '3 seconds', retry: ONCE }),
  durable: proxyActivities<PayinActivities>({ startToCloseTimeout: '30 seconds', retry: UNTIL_IT_ANSWERS }),
};
export const loadPayin = quickThenDurable(known.quick.loadPayin, known.durable.loadPayin);
export const wasReset = quickThenDurable(known.quick.wasReset, known.durable.wasReset);

const durable = proxyActivities<PublishingActivities>({
  startToCloseTimeout: '15 seconds',
  retry: { ...UNTIL_IT_ANSWERS, maximumInterval: '30 seconds' },
});

/** It has shorter time limits of its own (`activities/publish.ts`). If it fails, durable calls go on beside the loop. */
export const publishQuickly = quickCall(
  proxyLocalActivities<PublishingActivities>({ startToCloseTimeout: '3 seconds', retry: ONCE }).publish,
);
export const recordDurably = (write: PayinWrite) =>
  new BackgroundActivity(() =>
    durable.record.executeWithOptions({ summary: 'order record: not written yet, is the database down?' }, [write]),
  );
export const notify = quickThenDurable(
  proxyLocalActivities<PublishingActivities>({ startToCloseTimeout: '500 milliseconds', retry: ONCE }).notify,
  durable.notify,
);

/**
 * Reads why a call to Lesspay failed. After a crashed worker, a time-out or a fault of our own nothing is known of the
 * request: then it may have taken effect.
 * @throws `error` itself if it is not an activity's failure
 */
export function lesspayFailure(error: unknown): LesspayFailure {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  const detail = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  if (isLesspayFailure(detail)) return detail;
  if (failure instanceof TemporalFailure)
    return { kind: 'timeout', effect: 'may_have', message: failure.message || 'the call to Lesspay did not finish' };
  throw error;
}

const isLesspayFailure = (value: unknown): value is LesspayFailure =>
  typeof value === 'object' && value !== null && 'kind' in value && 'effect' in value;
