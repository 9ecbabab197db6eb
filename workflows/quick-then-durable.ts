import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  type ActivityFunctionWithOptions,
  type ActivityOptions,
} from '@temporalio/workflow';

/**
 * One call that is quick when all is well and durable when it isn't: first as a local activity, one attempt, inside the
 * workflow task, which costs the server nothing; when that fails, as an ordinary activity with its long retry policy,
 * which the UI shows pending. Failures that retrying can't cure skip the second try.
 * @param quick a proxied local activity
 * @param durable the same activity, proxied as an ordinary one
 * @returns the activity with, in front of its argument, the summary that the UI shows beside the durable one; after it,
 * what is to be done when the quick one has failed
 */
export function quickThenDurable<Argument, Result>(
  quick: (argument: Argument) => Promise<Result>,
  durable: ActivityFunctionWithOptions<(argument: Argument) => Promise<Result>>,
): (summary: NonNullable<ActivityOptions['summary']>, argument: Argument, whenSlow?: () => void) => Promise<Result> {
  return async (summary, argument, whenSlow) => {
    try {
      return await inTurn(() => quick(argument));
    } catch (error) {
      if (isCancellation(error) || isIncurable(error)) throw error;
      whenSlow?.();
      return durable.executeWithOptions({ summary }, [argument]);
    }
  };
}

/**
 * One quick call at a time. Two at once may end one after the other, and in a replay together: what follows each of them
 * could then come in another order.
 */
function inTurn<Result>(call: () => Promise<Result>): Promise<Result> {
  const turn = lane.then(call);
  lane = turn.catch(() => undefined);
  return turn;
}

/** Each workflow has a module of its own. */
let lane: Promise<unknown> = Promise.resolve();

/** A failed local activity throws its ApplicationFailure bare, an ordinary one inside an ActivityFailure. */
function isIncurable(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}
