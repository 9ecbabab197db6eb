import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  rootCause,
  setHandler,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { historyIsLong, untilHistoryIsLong } from './loop/long-history';
import { loopGuard } from './loop/loop-guard';
import { notPossible } from './not-possible';
import { refuseBadNote } from './operator-note';
import { wakeSignal, webhookSignal } from './payin/messages';
import { hideUnmatched, showUnmatched } from './unmatched/display';
import {
  acknowledgeUnmatchedUpdate,
  unmatchedOrderId,
  type UnmatchedOrderInput,
  type UnmatchedOrderResult,
  unmatchedStateQuery,
} from './unmatched/messages';
import { UnmatchedRun } from './unmatched/run';
import { findClaimant, handOverWebhooks } from './unmatched/activities';

/**
 * An order of no known pay-in, which verified webhooks name only by its `pay_order_id`. Keeps the webhooks, searches for
 * the pay-in, and hands them over to it when it is found. If it is not found, a person must look. So these webhooks can be
 * acknowledged, and are not lost.
 */
export async function unmatchedOrder(input: UnmatchedOrderInput): Promise<UnmatchedOrderResult> {
  const run = new UnmatchedRun(input, Date.now());
  listen(run);
  refuseStrangeId(input);
  showUnmatched(run);

  // *Cancel* in the UI changes nothing: to give the webhooks up, an operator sends `acknowledge`, and says why.
  CancellationScope.current().cancelRequested.catch(() => (run.cancelAsked = true));
  return CancellationScope.nonCancellable(async () => {
    const guard = loopGuard();
    for (;;) {
      guard();
      const { outcome } = run;
      showUnmatched(run);
      if (outcome && allHandlersFinished()) return { outcome, ...run.state() };
      if (historyIsLong()) await continueWithFreshHistory(run);
      await step(run);
    }
  });
}

/** Only the loop makes calls; messages only change facts. */
async function step(run: UnmatchedRun): Promise<void> {
  const { found, webhooks, look_at = Infinity } = run.facts;
  if (run.outcome) await condition(allHandlersFinished);
  else if (found && webhooks.length > 0) await handOver(run, found.request_id);
  else if (look_at <= Date.now()) await look(run);
  else await rest(run, look_at);
}

async function look(run: UnmatchedRun): Promise<void> {
  const { pay_order_id } = run.input;
  const around = run.anchors(Date.now());
  run.looking();
  try {
    const summary = `whose order is ${pay_order_id}?`;
    const call = () => findClaimant.executeWithOptions({ summary }, [{ pay_order_id, around }]);
    run.answered(await untilHistoryIsLong(call, () => run.facts.woken || run.outcome !== undefined), Date.now());
  } catch (error) {
    // The call was cancelled above: search again, now or in the next run.
    if (isCancellation(error)) run.facts.look_at = Date.now();
    else if (error instanceof TemporalFailure) run.failed(rootCause(error) ?? error.message, Date.now());
    else throw error;
  }
}

async function handOver(run: UnmatchedRun, request_id: string): Promise<void> {
  const { webhooks } = run.facts;
  try {
    const summary = `webhooks for pay-in ${request_id}`;
    const options = { summary, scheduleToCloseTimeout: '1 hour' } as const;
    const call = () => handOverWebhooks.executeWithOptions(options, [{ request_id, webhooks }]);
    await untilHistoryIsLong(call, () => run.outcome !== undefined);
    run.handedOver(webhooks, Date.now());
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    // If cancelled, this run or the next one hands them over once more: the pay-in ignores those that it has.
    if (!isCancellation(error))
      run.flag(`the webhooks could not be handed over to pay-in ${request_id}: ${rootCause(error) ?? ''}`, Date.now());
  }
}

async function rest(run: UnmatchedRun, look_at: number): Promise<void> {
  const { alert } = run.facts;
  const { cancelAsked } = run;
  const interrupted = () =>
    (run.facts.look_at ?? Infinity) !== look_at ||
    (run.facts.found !== undefined && run.facts.webhooks.length > 0) ||
    run.facts.alert !== alert ||
    run.cancelAsked !== cancelAsked ||
    historyIsLong();
  if (look_at === Infinity) await condition(interrupted);
  else await condition(interrupted, look_at - Date.now(), { summary: `look ${run.facts.looks + 1}` });
}

function listen(run: UnmatchedRun): void {
  setHandler(unmatchedStateQuery, () => run.state());
  setHandler(webhookSignal, (claim) => run.receive(claim, Date.now()));
  setHandler(wakeSignal, (note) => run.wake(note, Date.now()));
  setHandler(
    acknowledgeUnmatchedUpdate,
    (note) => {
      run.acknowledge(note, Date.now());
      return run.state();
    },
    {
      validator(note) {
        refuseBadNote(note, ['code']);
        const refusal = run.refusal(note);
        if (refusal !== undefined) throw notPossible(refusal);
      },
    },
  );
}

/** Continues as new. */
async function continueWithFreshHistory(run: UnmatchedRun): Promise<never> {
  await condition(allHandlersFinished);
  // Only the next run may be listed as needing attention.
  hideUnmatched(run);
  return continueAsNew<typeof unmatchedOrder>({ ...run.input, known: run.facts });
}

function refuseStrangeId({ pay_order_id }: UnmatchedOrderInput): void {
  const id = unmatchedOrderId(pay_order_id);
  if (workflowInfo().workflowId !== id)
    throw ApplicationFailure.nonRetryable(`its workflow id must be ${id}`, 'wrong_workflow_id');
}
