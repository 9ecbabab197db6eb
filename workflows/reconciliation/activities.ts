import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { UNTIL_IT_ANSWERS } from '../retry';
import type { ReconciliationResult } from './messages';
import type { ReportEnd, ReportRange, ReportStart } from '../../records/reconciliation-report';

/** What a reconciliation asks of the world, and how long it waits. `activities/` implements it. */

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

/** What a reconciliation asks of Lesspay, of the records and of Temporal. Each may be repeated, and goes on where it was. */
export interface ReconciliationActivities {
  readonly openReport: (start: ReportStart) => Promise<void>;
  /** Pages through Lesspay's list of one part of the range, and compares each order; wakes what would learn something. */
  readonly compareOrders: (part: ReportPart) => Promise<ComparedOrders>;
  /** Asks Lesspay by id for the orders of our records that the list did not show. */
  readonly findMissing: (range: ReportRange) => Promise<AskedById>;
  /** Looks whether the woken pay-ins have written their records. @returns for how many it is worth to look again */
  readonly recheck: (report_id: string) => Promise<number>;
  /** Opens the report first, where that has not come to pass. */
  readonly closeReport: (start: ReportStart, end: ReportEnd) => Promise<ReconciliationResult>;
}

export const { openReport, recheck } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_ANSWERS,
});

/** They work for as long as there are pages, and say that they live. */
export const { compareOrders, findMissing } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '15 seconds',
  // What was cancelled must not go on beside the next one.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: UNTIL_IT_ANSWERS,
});

/** Also when the time is up, or the reconciliation was cancelled: a minute in all. */
export const { closeReport } = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { ...UNTIL_IT_ANSWERS, maximumInterval: '10 seconds' },
});
