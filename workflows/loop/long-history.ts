import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';

/**
 * In events. Far below Temporal's own suggestion (4,096 events) and limits (51,200 events, 10,000 signals a run): a flood
 * of signals may come before the run can continue as new.
 */
const LONG = 1_000;

/** Should the run continue as new? */
export function historyIsLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > LONG;
}

/**
 * Makes a call, and cancels it when the history is long: while Lesspay is down, a call may take a day.
 * @param enough another reason to cancel the call
 * @throws CancelledFailure if the call was cancelled
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
