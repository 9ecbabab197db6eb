import { defineQuery } from '@temporalio/workflow';
import type { Difference, ReconciliationReport } from '../../records/reconciliation-report';
import { onlyOneOf } from '../task-queue';

/** What a reconciliation is asked for and what it reports. Safe to import from anywhere: names and types only. */

export const RECONCILIATION_WORKFLOW = 'reconciliation';
export const SCHEDULED_RECONCILIATION_WORKFLOW = 'scheduledReconciliation';

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
