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
import { nextReminder, remind } from '../payin/reminders';

/**
 * One pay-in, from its start to its certain end: creates the order at Lesspay, hands out its checkout page, waits for
 * Lesspay's webhook or the next poll, asks Lesspay what became of the order, and ends when nothing is left to do.
 * If a message comes for a pay-in without an open run, a resumed run goes on from what is known.
 *
 * It does one thing after another: only the loop makes calls and starts timers; messages only change facts, and wake the
 * loop (docs/decisions/0012).
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
    if ('resume' in input && !run.loaded) {
      const known = await loadKnown(input.resume, () => (run.loadsSlowly = true));
      run.load(known, Date.now());
    }
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

/** Is nothing left to do, and does no caller wait for an answer? */
const isOver = (run: PayinRun): boolean => run.finished && allHandlersFinished() && isPublished(run);

/**
 * Keeps a resumed run open for `RESUMED_FOR_MS`. Someone else may have found the same last run before this run started,
 * and be about to start a resumed run from it, too. Within this time that start finds this run instead.
 * @returns true if there is something to do
 */
async function lateMessages(run: PayinRun): Promise<boolean> {
  const rest = workflowInfo().runStartTime.getTime() + RESUMED_FOR_MS - Date.now();
  if (!('resume' in run.input) || rest <= 0) return false;
  return waitUntil(run, () => !isOver(run), { at: Date.now() + rest, summary: 'a moment for messages on their way' });
}

/** Waits for a hint or the next poll, then asks Lesspay; or until a person is to be reminded of a deadline. */
async function watch(run: PayinRun): Promise<void> {
  const wait = nextWait(run.facts, Date.now(), Math.random());
  const reminder = nextReminder(run.facts);
  if (reminder !== undefined && reminder < (wait?.at ?? Infinity) && !run.facts.hinted) {
    const summary = 'remind of the deadline of a dispute';
    if (!(await waitUntil(run, wakesLoop(run), { at: reminder, summary }))) remind(run.facts, Date.now());
    return;
  }
  const woken = await hintOr(run, wait);
  if (woken && !run.facts.hinted) return;
  const asked = await askLesspay(run, woken ? 'a webhook or a person asks' : whyNow(run, wait));
  if (asked !== 'broken_off') wasAsked(run.facts, woken ? undefined : wait?.poll, Date.now());
}

/** Continues as new, as soon as no caller waits for an answer of this run. */
async function continueWithFreshHistory(run: PayinRun): Promise<void> {
  run.continuing = true;
  stopPublishing(run);
  await waitUntil(run, () => allHandlersFinished() && hasStoppedPublishing(run));
  show(run);
  // Only the next run may be listed as needing attention.
  hide(run);
  await continueAsNew<typeof payin>({ ...run.input, carried: run.facts });
}

/** @returns true if a hint or a change came, false if the time of the next poll came */
async function hintOr(run: PayinRun, wait: Wait | undefined): Promise<boolean> {
  return waitUntil(run, wakesLoop(run), wait && { at: wait.at, summary: whyNow(run, wait) });
}

/** Has a hint or a change come since this call? */
function wakesLoop(run: PayinRun): () => boolean {
  const { alerts, watching } = run.facts;
  // Alerts and `watching` change when to ask next.
  const isChanged = () => run.facts.alerts !== alerts || run.facts.watching !== watching;
  return () => run.facts.hinted || isChanged() || historyIsLong();
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
