import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { AcknowledgeNote } from '../../payin/operator';
import type { AlertView, AuditView } from '../../payin/view';
import type { WebhookClaim } from '../../payin/webhook-claim';
import type { AuditEntry } from '../../payin/facts';

/**
 * What the workflow of an order is told and asked that webhooks name by its `pay_order_id` alone, and that no pay-in is
 * known by: names and types only. It takes the signals `webhook` and `wake` of a pay-in.
 */

export const UNMATCHED_ORDER_WORKFLOW = 'unmatchedOrder';

/** One for one order of Lesspay's. */
export const unmatchedOrderId = (pay_order_id: string): string => `unmatched-${pay_order_id}`;

/** The run's title in the Temporal UI. */
export const unmatchedSummary = (pay_order_id: string): string => `order ${pay_order_id}, of no known pay-in`;

export interface UnmatchedOrderInput {
  readonly pay_order_id: string;
  /** What the run before this one knew; set by continue-as-new alone. */
  readonly known?: UnmatchedFacts;
}

/** Whose order it is, as Temporal, the order records and Lesspay say. */
export type Claimant =
  /** The pay-in of this `request_id`. */
  | { readonly whose: 'ours'; readonly request_id: string }
  /** Its `request_id` does not begin as ours do (`REQUEST_ID_PREFIX`). */
  | { readonly whose: 'another_shop'; readonly request_id: string }
  /** Nobody says which `request_id` it has; `status`, in Lesspay's words, where Lesspay shows the order. */
  | { readonly whose: 'nobody'; readonly status?: string };

/** Everything a run knows, as plain data. Instants in epoch ms. */
export interface UnmatchedFacts {
  /** What came, the oldest first, at most 100: to be handed to the pay-in. */
  webhooks: WebhookClaim[];
  /** How many there was no room for. */
  left_out: number;
  /** How often it was looked for in vain. */
  looks: number;
  looked_at?: number;
  /** When it is looked for next; absent where only a webhook or a person has it looked for again. */
  look_at?: number;
  /** A person wants it looked for in all of the past. */
  woken: boolean;
  /** What the last look brought, in words. */
  last_look?: string;
  found?: Exclude<Claimant, { whose: 'nobody' }>;
  alert?: { readonly message: string; readonly at: number; readonly acknowledged?: Omit<AuditEntry, 'action'> };
  audit: AuditEntry[];
}

/** What the query `state` shows, and the run ends with. Times in RFC 3339. */
export interface UnmatchedState {
  readonly pay_order_id: string;
  /** Whose it is, where that was found. */
  readonly request_id?: string;
  readonly needs_attention: boolean;
  readonly alerts: readonly UnmatchedAlert[];
  /** What is kept for the pay-in. */
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

/** How it came to its end: `handed_over` to its pay-in, `not_ours`, or `acknowledged` by a person. */
export interface UnmatchedOrderResult extends UnmatchedState {
  readonly outcome: 'handed_over' | 'not_ours' | 'acknowledged';
}

export const unmatchedStateQuery = defineQuery<UnmatchedState>('state');
/** A person has dealt with it: what is kept is given up, and the run ends. Refused before it is flagged. */
export const acknowledgeUnmatchedUpdate = defineUpdate<UnmatchedState, [AcknowledgeNote]>('acknowledge');
