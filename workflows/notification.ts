import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { deliverNext } from './deliver-notification';
import { loadResends } from './load-resends';
import { historyIsLong } from './long-history';
import { hideNotification, showNotification } from './notification-display';
import {
  giveUpUpdate,
  handOverSignal,
  knownNotificationsQuery,
  notificationStateQuery,
  notificationWorkflowId,
  resendSignal,
  type NotificationInput,
  type NotificationResult,
} from './notification-messages';
import { NotificationRun } from './notification-run';
import { refuseNamelessNote } from './operator-note';

/**
 * Tells one of the merchant's endpoints of one pay-in: its events one after the other, in the order of their numbers,
 * each until the endpoint has taken it or a person has given it up. Runs while there is something to tell.
 */
export async function notification(input: NotificationInput): Promise<NotificationResult> {
  const run = new NotificationRun(input, Date.now());
  listen(run);
  refuseStrangeId(input);
  showNotification(run);

  // *Cancel* in the UI loses nothing: whoever wants no more of it gives it up, and says why.
  CancellationScope.current().cancelRequested.catch(() => {
    run.cancel_asked = true;
    showNotification(run);
  });
  return CancellationScope.nonCancellable(async () => {
    void loadResends(run);
    while (!run.finished || !allHandlersFinished()) {
      await step(run);
      showNotification(run);
      if (historyIsLong() && !run.finished) await rollOver(run);
    }
    return run.result();
  });
}

async function step(run: NotificationRun): Promise<void> {
  if (run.stuck) await condition(() => !run.stuck || historyIsLong());
  else if (run.next) await deliverNext(run);
  else await condition(() => run.next !== undefined || (run.finished && allHandlersFinished()) || historyIsLong());
}

function listen(run: NotificationRun): void {
  setHandler(notificationStateQuery, () => run.state());
  setHandler(knownNotificationsQuery, () => run.known());
  setHandler(handOverSignal, (handOver) => {
    run.take(handOver, Date.now());
    showNotification(run);
  });
  setHandler(resendSignal, (request) => {
    run.askForResend(request);
    showNotification(run);
  });
  setHandler(
    giveUpUpdate,
    (note) => {
      run.giveUp(note, Date.now());
      showNotification(run);
      return run.state();
    },
    {
      validator(note) {
        refuseNamelessNote(note);
        if (!run.next) throw ApplicationFailure.nonRetryable('nothing is undelivered', 'not_possible');
      },
    },
  );
}

/** Goes on with a fresh history. */
async function rollOver(run: NotificationRun): Promise<void> {
  await condition(allHandlersFinished);
  showNotification(run);
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
