import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { answerApart } from './loop/answer-apart';
import { Deliveries } from './notification/deliver';
import { Resends } from './notification/load-resends';
import { historyIsLong } from './loop/long-history';
import { loopGuard } from './loop/loop-guard';
import { hideNotification, showNotification } from './notification/display';
import {
  giveUpUpdate,
  handOverSignal,
  knownNotificationsQuery,
  type NotificationInput,
  type NotificationResult,
  notificationStateQuery,
  notificationWorkflowId,
  resendSignal,
  skipUpdate,
} from './notification/messages';
import type { NotificationPart } from './notification/part';
import { NotificationRun } from './notification/run';
import { refuseBadNote } from './operator-note';
import { atRest } from './loop/at-rest';

/**
 * Tells one of the merchant's endpoints of one pay-in: its events one after the other, in the order of their numbers,
 * each until the endpoint has taken it or a person has given it up. Runs while there is something to tell.
 */
export async function notification(input: NotificationInput): Promise<NotificationResult> {
  const run = new NotificationRun(input, Date.now());
  listen(run);
  refuseStrangeId(input);

  // *Cancel* in the UI loses nothing: whoever wants no more of it gives it up, and says why.
  CancellationScope.current().cancelRequested.catch(() => run.askedToCancel());
  return CancellationScope.nonCancellable(() => loop(run));
}

/** All calls are made here, one after the other; whoever sends a message only changes what `run` knows, or asks for it. */
async function loop(run: NotificationRun): Promise<NotificationResult> {
  const parts: readonly NotificationPart[] = [new Resends(run), new Deliveries(run)];
  const guard = loopGuard();
  const isOver = () => run.finished && allHandlersFinished();
  const isLong = () => !run.finished && historyIsLong() && allHandlersFinished();
  for (;;) {
    showNotification(run);
    if (isOver()) return run.result();
    if (isLong()) await continueWithFreshHistory(run, parts);

    const due = parts.find(({ isDue }) => isDue);
    if (due) await due.step();
    else {
      guard();
      await condition(() => run.news || parts.some(({ hasEnded }) => hasEnded) || isOver() || isLong());
      await atRest();
    }
    for (const part of parts) if (part.hasEnded) part.takeUp();
    // Never between a message and the step that it makes due: a replay may hand an update out together with that message,
    // before it begins the local activity during which the update came.
    if ((due || !parts.some(({ isDue }) => isDue)) && run.actOnUpdates()) await atRest();
    if (run.interrupted || run.finished) for (const part of parts) part.callOff();
    run.interrupted = false;
    run.news = false;
  }
}

function listen(run: NotificationRun): void {
  setHandler(notificationStateQuery, () => run.state());
  setHandler(knownNotificationsQuery, () => run.known());
  setHandler(handOverSignal, (handOver) => run.take(handOver, Date.now()));
  setHandler(resendSignal, (request) => run.askForResend(request));
  setHandler(giveUpUpdate, (note) => answerApart(() => run.inTurn(() => run.giveUp(note, Date.now()))), {
    validator(note) {
      refuseBadNote(note);
      run.refuseGivingUp();
    },
  });
  setHandler(skipUpdate, (note) => answerApart(() => run.inTurn(() => run.skip(note, Date.now()))), {
    validator(note) {
      refuseBadNote(note, ['number']);
      run.refuseSkip(note.number);
    },
  });
}

/** Goes on with a fresh history. */
async function continueWithFreshHistory(run: NotificationRun, parts: readonly NotificationPart[]): Promise<void> {
  for (const part of parts) part.callOff();
  // The list of what is left to do names the run that goes on, not this one.
  hideNotification(run);
  const { request_id, endpoint } = run.input;
  await continueAsNew<typeof notification>({ request_id, endpoint, known: run.known() });
}

function refuseStrangeId({ request_id, endpoint }: NotificationInput): void {
  const id = notificationWorkflowId(request_id, endpoint);
  if (workflowInfo().workflowId !== id)
    throw ApplicationFailure.nonRetryable(`it must run as ${id}`, 'wrong_workflow_id');
}
