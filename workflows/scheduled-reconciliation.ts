import {
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { historyIsLong } from './loop/long-history';
import { keepReport } from './reconciliation/report';
import { reconciliation } from './reconciliation';
import {
  reconciliationId,
  reconciliationSummary,
  type ReconciliationInput,
  type ReconciliationResult,
} from './reconciliation/messages';
import { rangeOf } from './reconciliation/range';
import { rfc3339 } from '../payin/rfc3339';

/** After the first try; then twice as long each time, up to the longest. */
const TRY_AGAIN_MS = 15_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** With less time than this left, none is begun. */
const AT_LEAST_MS = 60_000;

/**
 * What a schedule starts, under an id of Temporal's making: a reconciliation under the one id they all have. Where one
 * runs already it waits its turn, and when that does not come in time it says so in a report.
 */
export async function scheduledReconciliation(input: ReconciliationInput): Promise<ReconciliationResult> {
  const { startTime, taskQueue, runId } = workflowInfo();
  const until = startTime.getTime() + input.give_up_after_ms;
  const { from, to } = rangeOf(input.range, startTime.getTime());
  const range = { from: rfc3339(from), to: rfc3339(to) };
  // Continue-as-new loses the run's title.
  const show = (what: string) =>
    setCurrentDetails(`**${reconciliationSummary(input.by)}**\n\n${what}: orders from ${range.from} to ${range.to}`);
  for (let wait = TRY_AGAIN_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      show('runs');
      const inTime = { ...input, give_up_after_ms: until - Date.now() };
      return await executeChild(reconciliation, {
        workflowId: reconciliationId(taskQueue),
        args: [inTime],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: reconciliationSummary(input.by),
      });
    } catch (error) {
      if (!runsAlready(error)) throw error;
      show('another reconciliation runs, this one waits its turn');
    }
    if (Date.now() + wait + AT_LEAST_MS > until) break;
    await sleep(wait, { summary: 'another reconciliation runs: wait for its end' });
    if (historyIsLong())
      await continueAsNew<typeof scheduledReconciliation>({ ...input, range, give_up_after_ms: until - Date.now() });
  }
  const start = { report_id: runId, ...range, by: input.by, started_at: startTime.toISOString() };
  const notes = ['another reconciliation ran all the time'];
  return keepReport(start, { outcome: 'skipped', pages: 0, asked_by_id: 0, not_ours: 0, notes });
}

/** The class is not exported to workflows. */
const runsAlready = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
