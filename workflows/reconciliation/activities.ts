import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { UNTIL_IT_ANSWERS } from '../retry';
import type { ReconciliationResult } from './messages';
import type { ReportEnd, ReportRange, ReportStart } from '../../records/reconciliation-report';

/** The activities of a reconciliation, with their time limits. `activities/` implements them. */

/** A part of the range, at most 7 days long. Instants are RFC 3339. */
export interface ReportPart extends ReportRange {
  /** From 1. */
  readonly part: number;
}

export interface ComparedOrders {
  readonly pages: number;
  /** Orders of another shop under the same app id. */
  readonly not_ours: number;
  /** What a person should know of Lesspay's list. */
  readonly notes: readonly string[];
}

export interface AskedById {
  readonly asked: number;
  readonly notes: readonly string[];
}

/** Each may be repeated, and goes on where it was. */
export interface ReconciliationActivities {
  readonly openReport: (start: ReportStart) => Promise<void>;
  /** Pages through Lesspay's list of one part of the range, compares each order, and wakes the pay-ins that must ask Lesspay. */
  readonly compareOrders: (part: ReportPart) => Promise<ComparedOrders>;
  /** Asks Lesspay by id for the orders of our records that the list did not show. */
  readonly findMissing: (range: ReportRange) => Promise<AskedById>;
  /** Checks whether the woken pay-ins have written their records. @returns how many must be checked again */
  readonly recheck: (report_id: string) => Promise<number>;
  /** Completes the report; opens it first, if it was not opened. */
  readonly closeReport: (start: ReportStart, end: ReportEnd) => Promise<ReconciliationResult>;
}

export const { openReport, recheck } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_ANSWERS,
});

/** They may run for long, and heartbeat. */
export const { compareOrders, findMissing } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '15 seconds',
  // A cancelled one must not go on while the next reconciliation runs.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: UNTIL_IT_ANSWERS,
});

/** Gets a minute of its own, also after the time is up or the reconciliation was cancelled. */
export const { closeReport } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { ...UNTIL_IT_ANSWERS, maximumInterval: '10 seconds' },
});
