import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Alert, LesspayStatus, PayinStatus } from '../../payin/state';
import type { AuditEntry, PayinFacts } from '../../payin/facts';
import type { PollSchedule } from '../../payin/poll-schedule';

/**
 * What a pay-in workflow is told and asked. Safe to import from a backend: names and types only.
 */

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

/** A pay-in as the merchant asks for it: checked and with its defaults filled in. */
export interface PayinRequest {
  readonly request_id: string;
  /** Decimal string in major units, as the merchant wrote it, e.g. "100.00". */
  readonly amount: string;
  readonly currency: string;
  readonly product_name: string;
  readonly description: string;
  readonly success_url: string;
  readonly fail_url: string;
  /** The order's lifetime, seconds. */
  readonly expires_in: number;
  readonly way_type?: string;
  readonly way_code?: string;
  readonly transaction_network?: string;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** A run starts because the merchant asks for a pay-in, or because a message came for one that no longer runs. */
export type PayinInput = StartInput | ResumeInput;

export interface StartInput extends AnyInput {
  readonly request: PayinRequest;
  /** SHA-256 of the normalised request, lower-case hex: tells the same request from another under the same id. */
  readonly digest: string;
  /** Random; a caller that gets its own back knows that its call started the pay-in. */
  readonly start_token: string;
}

/** A resumed run stays at least this long; who starts one must look for the last run and start it within less. */
export const RESUMED_FOR_MS = 10_000;

/** Nothing is ever created by such a run: it goes on from what the run before it knew, or from Lesspay's word alone. */
export interface ResumeInput extends AnyInput {
  readonly resume: {
    readonly request_id: string;
    /** The run that was the last one when this one was started; absent where Temporal knew of none. */
    readonly previous_run_id?: string;
  };
}

interface AnyInput {
  /** In the input, so that a changed setting never breaks a running pay-in. */
  readonly poll_schedule: PollSchedule;
  /** What the run before this one knew; set by continue-as-new alone. */
  readonly carried?: PayinFacts;
}

/** A pay-in as every answer shows it. Times in RFC 3339. */
export interface PayinView {
  readonly request_id: string;
  readonly pay_order_id?: string;
  readonly status: PayinStatus;
  /** Absent, like the currency, in an order that is known from Lesspay alone, where Lesspay does not state it. */
  readonly amount?: string;
  readonly currency?: string;
  readonly checkout_url?: string;
  readonly workflow_id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly outcome_at?: string;
  readonly needs_attention: boolean;
  readonly alerts: readonly AlertView[];
  readonly metadata: PayinRequest['metadata'];
}

export interface AlertView extends Pick<Alert, 'code' | 'message'> {
  readonly at: string;
  /** When a person had dealt with it. Not part of REST's answers. */
  readonly acknowledged_at?: string;
  /** When what it told of was over by itself. Never beside `acknowledged_at`; both are absent while it is open. */
  readonly over_at?: string;
}

/** A pay-in with all that a person may want to know of it. */
export interface PayinState extends PayinView {
  /** Absent where nobody knows what the merchant asked for (`unknown_order`). */
  readonly digest?: string;
  /** Its order is still being made: there may yet be a checkout page. */
  readonly creating: boolean;
  /** The request_id belongs to somebody else's order. */
  readonly taken: boolean;
  /** Why there is no order, where there is none. */
  readonly refusal?: Refusal;
  /** What happened, the newest 20; holds nothing open. */
  readonly notices: readonly NoticeView[];
  /** What people did, the newest 100. */
  readonly audit: readonly AuditView[];
}

/** What a run ends with; `known` is what a later run of the same pay-in goes on from. */
export interface PayinResult extends PayinState {
  readonly known: PayinFacts;
}

export type AuditView = Omit<AuditEntry, 'at'> & { readonly at: string };

export interface NoticeView {
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

/** Why there is no order; `code` is Lesspay's, where it gave one. */
export interface Refusal {
  readonly code?: number;
  readonly message: string;
}

export interface CheckoutAnswer extends PayinView {
  readonly start_token: string;
}

/** What a verified webhook claims. A hint: only query-order is believed. Nothing personal in it. */
export interface WebhookClaim {
  /** SHA-256 of the webhook's body, lower-case hex: identical deliveries fold. */
  readonly digest: string;
  readonly received_at: string;
  readonly version: 'v1' | 'v2';
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly order_status?: string;
  /** Decimal string, major units. */
  readonly amount?: string;
  readonly currency?: string;
  /** A fraud or dispute event; never from a v1 webhook, which does not sign it. */
  readonly event?: string;
  /** A dispute's category, e.g. `fraudulent`. */
  readonly event_category?: string;
  /** The code of a dispute or of a declined payment, e.g. `30034`. */
  readonly event_code?: string;
}

/** Every operator's message says who sends it and why: both are kept in the audit trail. */
export interface OperatorNote {
  readonly who: string;
  readonly why: string;
}

export interface AcknowledgeNote extends OperatorNote {
  /** Only alerts of this code; all open ones where absent. */
  readonly code?: string;
}

export interface ResolveNote extends OperatorNote {
  readonly status: LesspayStatus;
}

/** Lesspay's webhook, verified. */
export const webhookSignal = defineSignal<[claim?: WebhookClaim]>('webhook');
/** "Look again now", from an operator or the reconciliation; says who and why. */
export const wakeSignal = defineSignal<[note?: Partial<OperatorNote>]>('wake');
/** The pay-in as it is now. */
export const stateQuery = defineQuery<PayinState>('state');
/** All that the run knows; `null` while a resumed run has not loaded it. For the run that comes after it. */
export const knownQuery = defineQuery<PayinFacts | null>('known');
/**
 * Waits until it is known whether the order exists, and answers with its checkout page.
 * Its argument is the caller's digest; the validator refuses another (an ApplicationFailure of type `other_content`).
 * Fails with an ApplicationFailure whose type is a `CheckoutProblem`, or `creating` (ask again).
 */
export const checkoutUpdate = defineUpdate<CheckoutAnswer, [digest: string]>('checkout');

/**
 * What operators do. Each is refused by its validator, with what to do instead, where it makes no sense; each answers
 * with the pay-in as it is then.
 */

/** Asks Lesspay now, and waits for its answer. */
export const pollNowUpdate = defineUpdate<PayinState, [OperatorNote]>('pollNow');
/** Every open alert, or those of one code, have been dealt with; the run may end. */
export const acknowledgeUpdate = defineUpdate<PayinState, [AcknowledgeNote]>('acknowledge');
/** Decides what Lesspay leaves open (`resolvable`), for good reason; deals with the alerts that ask for it. */
export const resolveUpdate = defineUpdate<PayinState, [ResolveNote]>('resolve');
/** The order that Lesspay has under this request_id is ours after all (`request_id_taken`, `unknown_order`). */
export const adoptUpdate = defineUpdate<PayinState, [OperatorNote]>('adopt');
/** No more polls; a webhook or a person still has Lesspay asked. The same as *Cancel* in the UI. */
export const stopWatchingUpdate = defineUpdate<PayinState, [OperatorNote]>('stopWatching');
/** Polls again, for a new watch window where the old one is over. */
export const resumeWatchingUpdate = defineUpdate<PayinState, [OperatorNote]>('resumeWatching');
