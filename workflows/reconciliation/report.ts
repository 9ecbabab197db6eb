import { rootCause } from '@temporalio/workflow';
import type { ReconciliationResult } from './messages';
import { rfc3339 } from '../../payin/rfc3339';
import type { ReportEnd, ReportStart } from '../../records/reconciliation-report';
import { closeReport } from './activities';

/** Keeps the report in the records; while they are down, only the workflow's result holds it, without its differences. */
export async function keepReport(
  start: ReportStart,
  how: Omit<ReportEnd, 'report_id' | 'finished_at'>,
): Promise<ReconciliationResult> {
  const { report_id } = start;
  const end = { ...how, report_id, finished_at: rfc3339(Date.now()) };
  try {
    return await closeReport.executeWithOptions({ summary: 'keep the report' }, [start, end]);
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
