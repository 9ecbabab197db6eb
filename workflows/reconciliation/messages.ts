import { defineQuery } from '@temporalio/workflow';
import type { Difference, ReconciliationReport } from '../../records/reconciliation-report';
import { onlyOneOf } from '../task-queue';

/** Input, result and query of a reconciliation. Safe to import from anywhere: names and types only. */

export const RECONCILIATION_WORKFLOW = 'reconciliation';
export const SCHEDULED_RECONCILIATION_WORKFLOW = 'scheduledReconciliation';

/** The one workflow id of every reconciliation: this is what keeps two from running at once. */
export const reconciliationId = (taskQueue: string): string => onlyOneOf('reconciliation', taskQueue);

/** The run's title in the Temporal UI. */
export const reconciliationSummary = (by: string): string => `reconciliation, by ${by}`;

/** The time range of the orders to compare. Instants are RFC 3339 text or epoch ms. */
export type ReconciliationRange =
  | { readonly from: string | number; readonly to: string | number }
  /** The last `last_ms` before the start; but it ends `settle_ms` before that, since the newest pay-ins still change. */
  | { readonly last_ms: number; readonly settle_ms: number };

export interface ReconciliationInput {
  readonly range: ReconciliationRange;
  /** Who started it: the name of a schedule or of a person. */
  readonly by: string;
  /** From the start, ms. What is not done by then is given up, and the report says so. */
  readonly give_up_after_ms: number;
}

/** The workflow's result. If the workflow fails, it is in the failure's details. */
export interface ReconciliationResult extends ReconciliationReport {
  /** The first of them; all are in the records under `report_id`. */
  readonly differences: readonly Difference[];
  /** False if the records could not be reached at the end: then the report is nowhere but here. */
  readonly saved: boolean;
}

/** Types of the failure of a reconciliation that was not done, or whose report was not kept. */
export type ReconciliationFailureType = 'gave_up' | 'incomplete' | 'report_not_kept';

/** The present step. The heartbeat of the pending activity says how far it is (`SweepProgress`). */
export interface ReconciliationProgress {
  readonly step: 'starting' | 'comparing' | 'looking for missing orders' | 'waiting for repairs' | 'reporting';
  readonly from: string;
  readonly to: string;
  /** A range of more than 7 days is asked for in several parts. From 1. */
  readonly part: number;
  readonly parts: number;
}

/** The heartbeat of `compareOrders`, from which it goes on after a crash. */
export interface SweepProgress {
  /** The next page to ask for. */
  readonly page: number;
  /** Rows read so far. */
  readonly rows: number;
  /** Rows on the last page. */
  readonly last: number;
  /** Rows of another shop. */
  readonly not_ours: number;
  /** How many rows there are in all, as Lesspay states it. */
  readonly total?: number;
  readonly differences: number;
}

export const progressQuery = defineQuery<ReconciliationProgress>('progress');
