import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PayinFacts } from '../../payin/facts';
import type { PollSchedule } from '../../payin/poll-schedule';
import type { AcknowledgeNote, ResolveNote } from '../../payin/operator';
import type { OperatorNote } from '../../payin/operator-note';
import type { PayinState, PayinView } from '../../payin/view';
import type { WebhookClaim } from '../../payin/webhook-claim';
import type { StartedWith } from '../../payin/resume';

/** The messages of the pay-in workflow. Safe to import from a backend: names and types only. */

export const PAYIN_WORKFLOW = 'payin';

/** One workflow id for one `request_id`, for good: this is what keeps an order from being created twice. */
export const payinWorkflowId = (request_id: string): string => `payin-${request_id}`;

/** The run's title in the Temporal UI. */
export const payinSummary = ({
  request_id,
  amount,
  currency,
}: Pick<PayinView, 'request_id' | 'amount' | 'currency'>) =>
  amount === undefined ? `pay-in ${request_id}` : `pay-in ${request_id}: ${amount} ${currency ?? ''}`;

/** A run starts because the merchant asks for a pay-in, or because a message came for one that no longer runs. */
export type PayinInput = StartInput | ResumeInput;

export interface StartInput extends AnyInput, StartedWith {
  /** Random; a caller that gets its own back knows that its call started the pay-in. */
  readonly start_token: string;
}

/** A resumed run stays open for at least this long. Whoever starts one must find the last run and start the new one in less. */
export const RESUMED_FOR_MS = 10_000;

/** A resumed run never creates an order: it goes on from what the last run knew, or only from what Lesspay says. */
export interface ResumeInput extends AnyInput {
  readonly resume: {
    readonly request_id: string;
    /** The last run when this one was started; absent if Temporal knew of none. */
    readonly previous_run_id?: string;
  };
}

interface AnyInput {
  /** In the input, so that a changed setting never breaks a running pay-in. */
  readonly poll_schedule: PollSchedule;
  /** What the run before this one knew; set by continue-as-new alone. */
  readonly carried?: PayinFacts;
}

/** What a run ends with; `facts` is what a later run of the same pay-in goes on from. */
export interface PayinResult extends PayinState {
  readonly facts: PayinFacts;
}

export interface CheckoutAnswer extends PayinView {
  readonly start_token: string;
}

/** Lesspay's webhook, verified. */
export const webhookSignal = defineSignal<[claim?: WebhookClaim]>('webhook');
/** "Ask Lesspay now", from an operator or the reconciliation; says who and why. */
export const wakeSignal = defineSignal<[note?: Partial<OperatorNote>]>('wake');
/** Its notification workflow sends an endpoint earlier events again: this run's new events must go the same way. */
export const handOverSignal = defineSignal<[endpoint?: string]>('handOver');
/** The pay-in as it is now. */
export const stateQuery = defineQuery<PayinState>('state');
/** All that the run knows; `null` while a resumed run has not loaded it. For the next run. */
export const factsQuery = defineQuery<PayinFacts | null>('facts');
/**
 * Waits until it is known whether the order exists, and answers with its checkout page.
 * Its argument is the caller's digest. If that is not the pay-in's, it is refused (ApplicationFailure `other_content`).
 * Fails with an ApplicationFailure whose type is a `CheckoutProblem`, or `creating` (ask again).
 */
export const checkoutUpdate = defineUpdate<CheckoutAnswer, [digest: string]>('checkout');

/**
 * What operators do. If an update is not possible now, its validator refuses it and says what to do instead
 * (ApplicationFailure `not_possible`). Each answers with the pay-in as it is afterwards.
 */

/** Asks Lesspay now, and waits until Lesspay was asked, answered or not. */
export const pollNowUpdate = defineUpdate<PayinState, [OperatorNote]>('pollNow');
/** Says that a person has dealt with all open alerts, or with those of one code. The run may then end. */
export const acknowledgeUpdate = defineUpdate<PayinState, [AcknowledgeNote]>('acknowledge');
/** Decides a status that Lesspay leaves open (`resolvable`), and acknowledges the alerts about it. */
export const resolveUpdate = defineUpdate<PayinState, [ResolveNote]>('resolve');
/** Says that the order that Lesspay has under this request_id is ours (`request_id_taken`, `unknown_order`). */
export const adoptUpdate = defineUpdate<PayinState, [OperatorNote]>('adopt');
/** Stops the polls; a webhook or a person still has Lesspay asked. The same as *Cancel* in the UI. */
export const stopWatchingUpdate = defineUpdate<PayinState, [OperatorNote]>('stopWatching');
/** Starts the polls again, in a new watch window if the old one is over. */
export const resumeWatchingUpdate = defineUpdate<PayinState, [OperatorNote]>('resumeWatching');
