import { proxyActivities, rootCause } from '@temporalio/workflow';
import type { ReconciliationActivities } from '../../activities/reconciliation';
import type { ReconciliationResult } from './messages';
import { rfc3339 } from '../../payin/rfc3339';
import type { ReportEnd, ReportStart } from '../../records/reconciliation-records';

/** Also when the time is up, or the reconciliation was cancelled. */
const activities = proxyActivities<ReconciliationActivities>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
});

/** Keeps the report in the records; while they are down, only the workflow's result holds it, without its differences. */
export async function closeReport(
  start: ReportStart,
  how: Omit<ReportEnd, 'report_id' | 'finished_at'>,
): Promise<ReconciliationResult> {
  const { report_id } = start;
  const end = { ...how, report_id, finished_at: rfc3339(Date.now()) };
  try {
    return await activities.closeReport.executeWithOptions({ summary: 'keep the report' }, [start, end]);
  } catch (error) {
    const { pages, asked_by_id, not_ours, notes } = how;
    const nothing = { orders: 0, differences: 0, by_kind: {}, by_result: {} };
    const why = `the report could not be kept: ${rootCause(error) ?? String(error)}`;
    return {
      ...start,
      finished_at: end.finished_at,
      outcome: end.outcome,
      notes: [...notes, why],
      counts: { ...nothing, pages, asked_by_id, not_ours },
      differences: [],
      saved: false,
    };
  }
}
