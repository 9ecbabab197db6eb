import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import { askLesspay } from './payin/ask-lesspay';
import { tryToCreate } from './payin/create-order';
import { listen } from './payin/listen';
import { loadKnown } from './payin/load';
import { historyIsLong } from './loop/long-history';
import { loopGuard } from './loop/loop-guard';
import { stopWatching } from '../payin/operator';
import { hide, show, shownAtStart, span } from './payin/display';
import { payinWorkflowId, RESUMED_FOR_MS, type PayinInput, type PayinResult } from './payin/messages';
import { PayinRun } from './payin/run';
import { hasStoppedPublishing, isPublished, publish, stopPublishing } from './payin/publish';
import { waitUntil } from './payin/wait-until';
import { nextWait, type Wait } from '../payin/watch';
import { wasAsked } from '../payin/answers';

/**
 * One pay-in, from its start to its certain end: makes the order at Lesspay, hands out its checkout page, waits for
 * Lesspay's webhook or the next poll, asks Lesspay what became of the order, and ends when nothing is left to do.
 * Where a message comes for a pay-in that no longer runs, a resumed run goes on from what is known.
 *
 * It does one thing after another: the loop alone makes calls, waits and shows; messages only change what is known, and
 * wake it (docs/decisions/0012).
 */
export async function payin(input: PayinInput): Promise<PayinResult> {
  const info = workflowInfo();
  const run = new PayinRun(input, info.workflowId, Date.now(), info);
  listen(run);
  shownAtStart(run);
  refuseStrangeId(run);
  show(run);

  // *Cancel* in the UI stops the polls; it never loses an order.
  CancellationScope.current().cancelRequested.catch(() =>
    run.whenLoaded(() => {
      stopWatching.act(run.facts, { who: 'somebody', why: 'Cancel was requested in Temporal' }, Date.now());
      run.unshown = true;
    }),
  );
  return CancellationScope.nonCancellable(async () => {
    if ('resume' in input && !run.loaded) run.load(await loadKnown(input.resume), Date.now());
    const guard = loopGuard();
    while (!isOver(run) || (await lateMessages(run))) {
      guard();
      if (run.finished) await waitUntil(run, () => isOver(run) || !run.finished);
      else await (run.facts.creation_over ? watch(run) : tryToCreate(run));
      await publish(run);
      run.actOnUpdates();
      show(run);
      if (historyIsLong() && !run.finished) await continueWithFreshHistory(run);
    }
    return run.result();
  });
}

/** Nothing is left to do, and nobody waits for an answer. */
const isOver = (run: PayinRun): boolean => run.finished && allHandlersFinished() && isPublished(run);

/**
 * A resumed run stays for a moment. Whoever saw that the run before it was the last one, and did not see it start, may
 * still be about to start another from what that one knew; so long, it finds this one.
 */
async function lateMessages(run: PayinRun): Promise<boolean> {
  const rest = workflowInfo().runStartTime.getTime() + RESUMED_FOR_MS - Date.now();
  if (!('resume' in run.input) || rest <= 0) return false;
  return waitUntil(run, () => !isOver(run), { at: Date.now() + rest, summary: 'a moment for messages on their way' });
}

/** Waits for a hint, or for the schedule, then asks Lesspay. */
async function watch(run: PayinRun): Promise<void> {
  const wait = nextWait(run.facts, Date.now(), Math.random());
  const woken = await hintOr(run, wait);
  if (woken && !run.facts.hinted) return;
  const asked = await askLesspay(run, woken ? 'a webhook or a person asks' : whyNow(run, wait));
  if (asked !== 'broken_off') wasAsked(run.facts, woken ? undefined : wait?.poll, Date.now());
}

/** Starts the same pay-in with a fresh history, as soon as nobody waits for an answer of this run. */
async function continueWithFreshHistory(run: PayinRun): Promise<void> {
  run.continuing = true;
  stopPublishing(run);
  await waitUntil(run, () => allHandlersFinished() && hasStoppedPublishing(run));
  show(run);
  // The list of what is left to do names the run that goes on, not this one.
  hide(run);
  await continueAsNew<typeof payin>({ ...run.input, carried: run.facts });
}

/** True when something woke it, false when the time came. */
async function hintOr(run: PayinRun, wait: Wait | undefined): Promise<boolean> {
  const { alerts, watching } = run.facts;
  // Alerts and the end of the watch change when to ask next.
  const isChanged = () => run.facts.alerts !== alerts || run.facts.watching !== watching;
  const woken = () => run.facts.hinted || isChanged() || historyIsLong();
  return waitUntil(run, woken, wait && { at: wait.at, summary: whyNow(run, wait) });
}

function whyNow({ facts }: PayinRun, wait: Wait | undefined): string {
  const age = `order ${span((wait?.at ?? Date.now()) - (facts.ordered_at ?? facts.created_at))} old`;
  if (wait?.poll) return `poll ${facts.polls + 1}, ${age}`;
  return facts.claims.length > 0
    ? `webhook's claim not shown yet, asked ${facts.claim_asks} times, ${age}`
    : `does Lesspay answer again? ${age}`;
}

function refuseStrangeId({ payin, workflow_id }: PayinRun): void {
  if (workflow_id !== payinWorkflowId(payin.request_id))
    throw ApplicationFailure.nonRetryable(
      `the pay-in ${payin.request_id} must run as ${payinWorkflowId(payin.request_id)}`,
      'wrong_workflow_id',
    );
}
