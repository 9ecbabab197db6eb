import { defineQuery } from '@temporalio/workflow';
import type { PayinStatus } from '../../payin/state';

/** What a reconciliation is asked for and what it reports. Safe to import from anywhere: names and types only. */

export const RECONCILIATION_WORKFLOW = 'reconciliation';
export const SCHEDULED_RECONCILIATION_WORKFLOW = 'scheduledReconciliation';

/** Where pay-ins run unless `TEMPORAL_TASK_QUEUE` says otherwise. */
export const DEFAULT_TASK_QUEUE = 'lesspay-payins';

/** There is one of its kind in a deployment: another task queue is another deployment in the same namespace. */
export const onlyOneOf = (name: string, taskQueue: string): string =>
  taskQueue === DEFAULT_TASK_QUEUE ? name : `${name}-${taskQueue}`;

/** The one workflow id of every reconciliation: this is what keeps two from running at once. */
export const reconciliationId = (taskQueue: string): string => onlyOneOf('reconciliation', taskQueue);

/** The run's title in the Temporal UI. */
export const reconciliationSummary = (by: string): string => `reconciliation, by ${by}`;

/** Of which orders. Instants are RFC 3339 text or epoch ms. */
export type ReconciliationRange =
  | { readonly from: string | number; readonly to: string | number }
  /** The last so many ms before the start, but for the very last, in which pay-ins are still under way. */
  | { readonly last_ms: number; readonly settle_ms: number };

export interface ReconciliationInput {
  readonly range: ReconciliationRange;
  /** Who wants it: a schedule's name, or a person's. */
  readonly by: string;
  /** From the start, ms: what can't be done by then is given up, and the report says so. */
  readonly give_up_after_ms: number;
}

export type DifferenceKind =
  /** Lesspay is further than our record, by the pay-in's own rules. */
  | 'status_behind'
  /** Lesspay says what our record can't become by those rules. */
  | 'status_contradicts'
  | 'unknown_status'
  | 'amount_differs'
  | 'currency_differs'
  /** Our record has another `pay_order_id`, or none. */
  | 'id_differs'
  /** Temporal knows the pay-in, the records don't. */
  | 'record_missing'
  /** Lesspay has an order that neither knows. */
  | 'unknown_to_us'
  /** We have an order that Lesspay does not find. */
  | 'not_at_lesspay'
  /** Lesspay's row can't be read. */
  | 'unreadable_row';

export type DifferenceAction =
  /** Its run asks Lesspay now. */
  | 'woken'
  /** A new run does. */
  | 'resumed'
  /** Its run goes on asking Lesspay by itself, and is flagged when that comes to nothing. */
  | 'watched'
  /** The pay-in has flagged it, and is listed until a person has acknowledged that. */
  | 'flagged'
  /** This line is all. */
  | 'reported'
  /** Temporal takes no signal for it. */
  | 'refused';

export type DifferenceResult =
  /** The record says what Lesspay says. */
  | 'repaired'
  | 'still_differs'
  /** The pay-in has not written its record anew by the end of the reconciliation. */
  | 'not_yet'
  /** A person has dealt with it: the pay-in flagged it, and it was acknowledged there. */
  | 'acknowledged';

/** What one side says of an order, as far as it says it. */
export interface OrderSide<Status extends string = string> {
  readonly status: Status;
  readonly pay_order_id?: string;
  readonly amount?: string;
  readonly currency?: string;
}

export interface Difference {
  readonly kind: DifferenceKind;
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly ours?: OrderSide<PayinStatus>;
  readonly theirs?: OrderSide;
  readonly action: DifferenceAction;
  readonly result: DifferenceResult;
}

/** Nothing but the report shows it, and a person must look. */
export const isUnflagged = ({ action, result }: Pick<Difference, 'action' | 'result'>): boolean =>
  result === 'still_differs' && (action === 'reported' || action === 'refused');

export interface ReconciliationCounts {
  /** Orders that Lesspay's list showed, each once. */
  readonly orders: number;
  /** Pages that it took. */
  readonly pages: number;
  /** Of our records: those that the list should have shown and did not, and that were asked for by id. */
  readonly asked_by_id: number;
  /** Of those orders: another shop's, left aside (`REQUEST_ID_PREFIX`). */
  readonly not_ours: number;
  readonly differences: number;
  /** Differences by kind, and by result. */
  readonly by_kind: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly by_result: Readonly<Partial<Record<DifferenceResult, number>>>;
  /** Of those that still differ, what no pay-in shows: a person must look here. By kind; not in reports of old. */
  readonly unflagged?: Readonly<Partial<Record<DifferenceKind, number>>>;
}

/** `incomplete`: done, but Lesspay's list was not what it should be; see `notes`. `skipped`: another one ran all the time. */
export type ReconciliationOutcome = 'complete' | 'incomplete' | 'gave_up' | 'cancelled' | 'skipped';

export interface ReconciliationReport {
  readonly report_id: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly started_at: string;
  /** This, and the outcome, are absent while it runs. */
  readonly finished_at?: string;
  readonly outcome?: ReconciliationOutcome;
  /** What a person should know of how it went. */
  readonly notes: readonly string[];
  readonly counts: ReconciliationCounts;
}

/** What the workflow ends with, also, in its failure's details, where it was not done (`gave_up`, `incomplete`). */
export interface ReconciliationResult extends ReconciliationReport {
  /** The first of them; all are in the records under `report_id`. */
  readonly differences: readonly Difference[];
  /** False where the records could not be reached at the end: then nothing but this tells of it. */
  readonly saved: boolean;
}

/** Types of the failure that a reconciliation ends with when it was not done, or nobody can read what it found. */
export type ReconciliationFailureType = 'gave_up' | 'incomplete' | 'report_not_kept';

/** What is under way; how far, the pending activity's heartbeat says (`SweepProgress`). */
export interface ReconciliationProgress {
  readonly step: 'starting' | 'comparing' | 'looking for missing orders' | 'waiting for repairs' | 'reporting';
  readonly from: string;
  readonly to: string;
  /** A range of more than 7 days is asked for in several parts. From 1. */
  readonly part: number;
  readonly parts: number;
}

/** The heartbeat of `compareOrders`; also what it goes on from after a crash. */
export interface SweepProgress {
  /** The next page to ask for. */
  readonly page: number;
  /** Rows read so far. */
  readonly rows: number;
  /** Those on the page before. */
  readonly last: number;
  /** Those of another shop. */
  readonly not_ours: number;
  /** How many there are by Lesspay's word. */
  readonly total?: number;
  readonly differences: number;
}

export const progressQuery = defineQuery<ReconciliationProgress>('progress');
