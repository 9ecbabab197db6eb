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

/** The pause after the first try; each later pause is twice as long, up to the longest. */
const TRY_AGAIN_MS = 15_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** No reconciliation is started if less time than this is left. */
const AT_LEAST_MS = 60_000;

/**
 * What a Schedule starts, under an id that Temporal makes. It runs the reconciliation as a child, under the one id of all
 * reconciliations. While another one runs, it waits; if that takes too long, its report says so.
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
      show('another reconciliation is running, this one waits for its end');
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

/** By name, since the SDK does not export the class to workflows. */
const runsAlready = (error: unknown): boolean =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
