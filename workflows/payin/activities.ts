import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import { quickThenDurable } from '../loop/quick-then-durable';
import { ONCE, UNTIL_IT_ANSWERS } from '../retry';
import type { HandOver } from '../notification/messages';
import type { LesspayError } from '../../lesspay/errors';
import type { PayinFacts } from '../../payin/facts';
import type { PayinRequest } from '../../payin/request';
import type { PayinWrite } from '../../records/payin-record';
import type { ResumeInput, StartInput } from './messages';
import type { SeenOrder } from '../../payin/seen-order';
import type { CreatedOrder } from '../../payin/seen-order';

/** What a pay-in asks of the world, and how long it waits. `activities/` implements it. */

export interface OrderQuery {
  readonly request_id: string;
  /** Not asked for, but an answer that names it is about our order, under whatever request_id. */
  readonly pay_order_id?: string;
  /** Epoch ms; the query's time window is anchored here. */
  readonly ordered_at: number;
}

export type OrderAnswer = { readonly found: false } | { readonly found: true; readonly order: SeenOrder };

/** What a failed call tells the workflow, in the failure's first detail. */
export interface LesspayFailure {
  readonly kind: LesspayError['kind'] | 'repeated';
  /** Did the request take effect at Lesspay? */
  readonly effect: LesspayError['effect'];
  readonly message: string;
  readonly lesspay_code?: number;
  readonly lesspay_message?: string;
  /** The order may be one that this pay-in made before its run was reset. */
  readonly after_reset?: true;
  /** The start of an answer that can't be understood, without secrets: what an engineer needs to see. */
  readonly body_excerpt?: string;
}

/** What a pay-in asks of Lesspay. */
export interface LesspayActivities {
  /**
   * One attempt to create the order, whatever the server makes of that: only its first execution calls Lesspay. Fails
   * with a `LesspayFailure` that says whether it may have taken effect.
   */
  readonly createOrder: (request: PayinRequest) => Promise<CreatedOrder>;
  /** The order as Lesspay has it now; `found: false` only when Lesspay surely does not know it. */
  readonly queryOrder: (query: OrderQuery) => Promise<OrderAnswer>;
}

export interface KnownPayin {
  /** What its order record says, or all that its last run knew, whichever is more. */
  readonly facts?: PayinFacts;
  /** What it was started with, and when (epoch ms), where no run says what it knew. */
  readonly input?: StartInput;
  readonly started_at?: number;
  /** The run whose later knowledge could not be read. */
  readonly unread_run_id?: string;
  /** The `webhook` signals, the oldest first, of runs that do not say what they knew. The facts may have them, too. */
  readonly missed?: readonly unknown[];
}

/** What a pay-in asks of Temporal. */
export interface PayinActivities {
  /** `null` where neither the order records nor Temporal know of it. */
  readonly loadPayin: (resume: ResumeInput['resume']) => Promise<KnownPayin | null>;
  /** Was the run of the pay-in that asks reset, so that it may have forgotten what it did? */
  readonly wasReset: (request_id: string) => Promise<boolean>;
}

/** What is recorded, where that is not what the run that writes believes. */
export interface Ahead {
  readonly facts: PayinFacts;
  readonly last_event: number;
}

/** What a pay-in asks of the order records. */
export interface RecordActivities {
  /** Writes the pay-in's order record. `null` when it is written; else what is recorded instead, maybe by this very write. */
  readonly record: (write: PayinWrite) => Promise<Ahead | null>;
}

/** What a pay-in asks of the notifications. */
export interface HandOverActivities {
  /**
   * Hands events over to the workflow of each endpoint, which drops those it has already: may be repeated.
   * Fails where one endpoint's could not be reached, after all were tried.
   */
  readonly notify: (handOver: HandOver) => Promise<void>;
}

/** Lesspay gets 30 s to answer, since a late answer holds the only checkout page; the rest is for the way. */
const CREATE_TIMEOUT = '35 seconds';

/**
 * One create-order a call, never retried by Temporal (`first-execution.ts`): what comes next is the workflow's to decide
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
    // Given up where it is asked anew: whether the last try of then still ends does not matter.
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

/** The order record and the notifications are told in half a second, or else beside the loop. */
const told = {
  quick: proxyLocalActivities<RecordActivities & HandOverActivities>({
    startToCloseTimeout: '500 milliseconds',
    retry: ONCE,
  }),
  durable: proxyActivities<RecordActivities & HandOverActivities>({
    startToCloseTimeout: '15 seconds',
    retry: { ...UNTIL_IT_ANSWERS, maximumInterval: '30 seconds' },
  }),
};
export const record = quickThenDurable(told.quick.record, told.durable.record);
export const notify = quickThenDurable(told.quick.notify, told.durable.notify);

/**
 * What a failed call says of its request. A crashed worker, a time-out or a fault of our own says nothing: then it may
 * have taken effect.
 * @throws what is not an activity's failure
 */
export function lesspayFailure(error: unknown): LesspayFailure {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  const told = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  if (isLesspayFailure(told)) return told;
  if (failure instanceof TemporalFailure)
    return { kind: 'timeout', effect: 'may_have', message: failure.message || 'the call to Lesspay did not finish' };
  throw error;
}

const isLesspayFailure = (value: unknown): value is LesspayFailure =>
  typeof value === 'object' && value !== null && 'kind' in value && 'effect' in value;
