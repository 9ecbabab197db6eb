import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';

/**
 * Far below Temporal's own suggestion (4,096 events) and limits (51,200 events, 10,000 signals a run), so that a flood
 * of signals meanwhile does no harm either.
 */
const LONG = 1_000;

/** True when the run should go on in a fresh one. */
export function historyIsLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG;
}

/**
 * Waits for a call, but no longer than until the history is long: a call to a Lesspay that is down may take a day.
 * @param enough what else ends the wait
 * @throws CancelledFailure when it gave the call up
 */
export function untilHistoryIsLong<T>(call: () => Promise<T>, enough = () => false): Promise<T> {
  const scope = new CancellationScope();
  return scope.run(async () => {
    const watch = condition(() => historyIsLong() || enough()).then(
      () => scope.cancel(),
      () => undefined,
    );
    try {
      return await call();
    } finally {
      // Also ends the watch.
      scope.cancel();
      await watch;
    }
  });
}
