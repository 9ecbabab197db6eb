import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { AcknowledgeNote } from '../../payin/operator';
import type { AlertView, AuditView } from '../../payin/view';
import type { WebhookClaim } from '../../payin/webhook-claim';
import type { AuditEntry } from '../../payin/facts';

/**
 * The messages of the workflow for an order of no known pay-in, which webhooks name only by its `pay_order_id`. Names and
 * types only. It also takes a pay-in's signals `webhook` and `wake`.
 */

export const UNMATCHED_ORDER_WORKFLOW = 'unmatchedOrder';

/** One workflow id for each order. */
export const unmatchedOrderId = (pay_order_id: string): string => `unmatched-${pay_order_id}`;

/** The run's title in the Temporal UI. */
export const unmatchedSummary = (pay_order_id: string): string => `order ${pay_order_id}, of no known pay-in`;

export interface UnmatchedOrderInput {
  readonly pay_order_id: string;
  /** What the last run knew; set by continue-as-new alone. */
  readonly known?: UnmatchedFacts;
}

/** Whose order it is, according to Temporal, the order records and Lesspay. */
export type Claimant =
  /** The pay-in of this `request_id`. */
  | { readonly whose: 'ours'; readonly request_id: string }
  /** Its `request_id` does not begin as ours do (`REQUEST_ID_PREFIX`). */
  | { readonly whose: 'another_shop'; readonly request_id: string }
  /** None of the three states its `request_id`. `status` is Lesspay's; absent if Lesspay does not show the order. */
  | { readonly whose: 'nobody'; readonly status?: string };

/** Everything a run knows, as plain data. Instants in epoch ms. */
export interface UnmatchedFacts {
  /** The webhooks to hand over to the pay-in, the oldest first, at most 100. */
  webhooks: WebhookClaim[];
  /** How many webhooks were dropped, since 100 were kept. */
  left_out: number;
  /** How many searches for the pay-in have failed. */
  looks: number;
  /** When the last of them ended. */
  looked_at?: number;
  /** When the next search is made; absent if only a webhook or a person starts it. */
  look_at?: number;
  /** A person sent `wake`: the next search goes through all of the past. */
  woken: boolean;
  /** The result of the last search, as text. */
  last_look?: string;
  found?: Exclude<Claimant, { whose: 'nobody' }>;
  alert?: { readonly message: string; readonly at: number; readonly acknowledged?: Omit<AuditEntry, 'action'> };
  audit: AuditEntry[];
}

/** What the query `state` shows, and what the run ends with. Times in RFC 3339. */
export interface UnmatchedState {
  readonly pay_order_id: string;
  /** The order's `request_id`, if it was found. */
  readonly request_id?: string;
  readonly needs_attention: boolean;
  readonly alerts: readonly UnmatchedAlert[];
  /** Those that wait to be handed over to the pay-in. */
  readonly webhooks: readonly WebhookClaim[];
  readonly left_out: number;
  readonly looks: number;
  readonly last_look?: string;
  /** What people did, the newest 100. */
  readonly audit: readonly AuditView[];
}

export interface UnmatchedAlert extends Omit<AlertView, 'code'> {
  readonly code: typeof UNMATCHED_ORDER_ALERT;
}

export const UNMATCHED_ORDER_ALERT = 'unmatched_order';

/** How it ended: `handed_over` to its pay-in, `not_ours`, or `acknowledged` by a person. */
export interface UnmatchedOrderResult extends UnmatchedState {
  readonly outcome: 'handed_over' | 'not_ours' | 'acknowledged';
}

export const unmatchedStateQuery = defineQuery<UnmatchedState>('state');
/** Says that a person has dealt with it: its webhooks are given up, and the run ends. Refused if no alert is open. */
export const acknowledgeUnmatchedUpdate = defineUpdate<UnmatchedState, [AcknowledgeNote]>('acknowledge');
