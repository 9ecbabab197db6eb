import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Alert, PayinStatus } from './payin-state';
import type { PayinFacts } from './payin-facts';
import type { PollSchedule } from './poll-schedule';

/**
 * What a pay-in workflow is told and asked. Safe to import from a backend: names and types only.
 */

export const PAYIN_WORKFLOW = 'payin';

/** One workflow id for one `request_id`, for good: this is what keeps an order from being created twice. */
export const payinWorkflowId = (request_id: string): string => `payin-${request_id}`;

/** The run's title in the Temporal UI. */
export const payinSummary = (request: Pick<PayinRequest, 'request_id' | 'amount' | 'currency'>): string =>
  `pay-in ${request.request_id}: ${request.amount} ${request.currency}`;

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

export interface PayinInput {
  readonly request: PayinRequest;
  /** SHA-256 of the normalised request, lower-case hex: tells the same request from another under the same id. */
  readonly digest: string;
  /** Random; a caller that gets its own back knows that its call started the pay-in. */
  readonly start_token: string;
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
  readonly amount: string;
  readonly currency: string;
  readonly checkout_url?: string;
  readonly workflow_id: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly outcome_at?: string;
  readonly needs_attention: boolean;
  readonly alerts: readonly AlertView[];
  readonly metadata: PayinRequest['metadata'];
}

export type AlertView = Pick<Alert, 'code' | 'message'> & { readonly at: string };

/** What a run ends with. */
export interface PayinResult extends PayinView {
  readonly digest: string;
  /** Why there is no order, where there is none. */
  readonly refusal?: Refusal;
  /** What happened that a person may want to know, the newest 20; holds nothing open. */
  readonly notices: readonly NoticeView[];
}

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
  /** A fraud or dispute event; never from a v1 webhook, which does not sign it. */
  readonly event?: string;
}

export interface OperatorNote {
  readonly who: string;
  readonly why: string;
}

/** Lesspay's webhook, verified. */
export const webhookSignal = defineSignal<[claim?: WebhookClaim]>('webhook');
/** "Look again now", from an operator or the reconciliation; says who and why. */
export const wakeSignal = defineSignal<[note?: Partial<OperatorNote>]>('wake');
/** The pay-in as it is now. */
export const stateQuery = defineQuery<PayinResult>('state');
/**
 * Waits until it is known whether the order exists, and answers with its checkout page.
 * Its argument is the caller's digest; the validator refuses another (an ApplicationFailure of type `other_content`).
 * Fails with an ApplicationFailure whose type is a `CheckoutProblem`, or `creating` (ask again).
 */
export const checkoutUpdate = defineUpdate<CheckoutAnswer, [digest: string]>('checkout');
/** An operator has dealt with every open alert; the run may end. */
export const acknowledgeUpdate = defineUpdate<PayinResult, [OperatorNote]>('acknowledge');
