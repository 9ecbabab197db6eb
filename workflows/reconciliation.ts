import {
  CancellationScope,
  isCancellation,
  rootCause,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { partsOf, rangeOf } from './reconciliation/range';
import {
  progressQuery,
  type ReconciliationInput,
  type ReconciliationProgress,
  type ReconciliationResult,
  reconciliationSummary,
} from './reconciliation/messages';
import type { ReconciliationOutcome, ReportStart } from '../records/reconciliation-report';
import { failureOf, showEnd } from './reconciliation/end';
import { keepReport } from './reconciliation/report';
import { rfc3339 } from '../payin/rfc3339';
import { openReport, compareOrders, findMissing, recheck } from './reconciliation/activities';

/** After the sweep, before each look at what has become of the woken pay-ins, ms: a minute in all. */
const LOOKS_AFTER = [0, 1_000, 2_000, 3_000, 4_000, 5_000, 10_000, 15_000, 20_000];

/**
 * Compares the orders that Lesspay lists for a range of time with our records, wakes each pay-in that would learn
 * something by asking Lesspay, and reports every difference and what became of it. Writes no pay-in itself.
 * There is one at a time: its workflow id is `reconciliationId`.
 * @throws ApplicationFailure of a `ReconciliationFailureType` when it was not done; its details hold the result
 */
export async function reconciliation(input: ReconciliationInput): Promise<ReconciliationResult> {
  const run = new Run(input);
  setHandler(progressQuery, () => run.progress);
  const outcome = await run.sweep().then(
    (): ReconciliationOutcome => (run.notes.length > 0 ? 'incomplete' : 'complete'),
    (error: unknown): ReconciliationOutcome => {
      run.notes.push(rootCause(error) ?? String(error));
      return isCancellation(error) ? 'cancelled' : 'gave_up';
    },
  );
  run.show('reporting');
  const { pages, asked_by_id, not_ours, notes } = run;
  const result = await CancellationScope.nonCancellable(() =>
    keepReport(run.start, { outcome, pages, asked_by_id, not_ours, notes }),
  );
  showEnd(result);
  const failure = failureOf(result);
  if (failure) throw failure;
  return result;
}

/** One reconciliation, step by step. */
class Run {
  readonly start: ReportStart;
  progress: ReconciliationProgress;
  pages = 0;
  asked_by_id = 0;
  not_ours = 0;
  readonly notes: string[] = [];
  private readonly parts: { readonly from: string; readonly to: string }[];
  /** Nothing is begun after this, and nothing goes on; epoch ms. */
  private readonly until: number;

  constructor({ range, by, give_up_after_ms }: ReconciliationInput) {
    const { runId: report_id, startTime } = workflowInfo();
    const span = rangeOf(range, startTime.getTime());
    this.parts = partsOf(span).map(({ from, to }) => ({ from: rfc3339(from), to: rfc3339(to) }));
    const [from, to] = [rfc3339(span.from), rfc3339(span.to)];
    this.start = { report_id, from, to, by, started_at: startTime.toISOString() };
    this.progress = { step: 'starting', from, to, part: 1, parts: this.parts.length };
    this.until = startTime.getTime() + give_up_after_ms;
  }

  async sweep(): Promise<void> {
    const { report_id } = this.start;
    await openReport.executeWithOptions(this.inTime('open the report'), [this.start]);
    for (const [index, span] of this.parts.entries()) {
      this.show('comparing', index + 1);
      const options = this.inTime(`compare the orders from ${span.from} to ${span.to}`);
      const compared = await compareOrders.executeWithOptions(options, [{ report_id, part: index + 1, ...span }]);
      this.pages += compared.pages;
      this.not_ours += compared.not_ours;
      this.notes.push(...compared.notes);
    }
    this.show('looking for missing orders');
    const options = this.inTime('ask by id for what the list did not show');
    const missing = await findMissing.executeWithOptions(options, [this.start]);
    this.asked_by_id = missing.asked;
    this.notes.push(...missing.notes);
    await this.awaitRepairs();
  }

  private async awaitRepairs(): Promise<void> {
    this.show('waiting for repairs');
    for (const ms of LOOKS_AFTER) {
      if (ms > 0) await sleep(ms, { summary: 'woken pay-ins ask Lesspay and write their records' });
      const options = this.inTime('what has become of the woken ones?');
      const left = await recheck.executeWithOptions(options, [this.start.report_id]);
      if (left === 0) return;
    }
  }

  show(step: ReconciliationProgress['step'], part = this.progress.part): void {
    this.progress = { ...this.progress, step, part };
    const { from, to, parts } = this.progress;
    const what = `${step}${parts > 1 ? `, part ${part} of ${parts}` : ''}: orders from ${from} to ${to}`;
    setCurrentDetails(`**${reconciliationSummary(this.start.by)}**\n\n${what}`);
  }

  private inTime(summary: string): ActivityOptions {
    return { summary, scheduleToCloseTimeout: Math.max(this.until - Date.now(), 1_000) };
  }
}
