import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  type ActivityFunctionWithOptions,
  TemporalFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { Errand } from './errand';
import { localCall } from './local-call';

/** What the UI shows beside an ordinary activity. */
type Summary = NonNullable<ActivityOptions['summary']>;

/**
 * One call that is quick when all is well and durable when it isn't: first as a local activity, one attempt, inside the
 * workflow task, which costs the server nothing; when that fails, as an ordinary activity with its long retry policy,
 * which the UI shows pending.
 *
 * Only a workflow's one loop may call it: two local activities at once, or one beside signal handlers that make calls of
 * their own, break the replay (`local-call.ts`).
 */
export interface QuickThenDurable<Argument, Result> {
  /** The result of the quick call, or of the durable one that followed it. One that an operator ended is begun anew. */
  (summary: Summary, argument: Argument): Promise<Result>;
  /**
   * The quick call alone.
   * @returns undefined where it failed in a way that the durable one may cure; its failure goes to `whyNot`
   * @throws where retrying can't cure it
   */
  quickly(argument: Argument, whyNot?: (error: unknown) => void): Promise<{ readonly result: Result } | undefined>;
  /** The durable call, to be waited for while the loop does other things. */
  durably(summary: Summary, argument: Argument): Errand<Result>;
}

/**
 * @param quick a proxied local activity
 * @param durable the same activity, proxied as an ordinary one
 */
export function quickThenDurable<Argument, Result>(
  quick: (argument: Argument) => Promise<Result>,
  durable: ActivityFunctionWithOptions<(argument: Argument) => Promise<Result>>,
): QuickThenDurable<Argument, Result> {
  async function quickly(argument: Argument, whyNot?: (error: unknown) => void) {
    try {
      return { result: await localCall(() => quick(argument)) };
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isIncurable(error)) throw error;
      whyNot?.(error);
      return undefined;
    }
  }
  const call = async (summary: Summary, argument: Argument): Promise<Result> => {
    const answer = await quickly(argument);
    if (answer) return answer.result;
    for (;;)
      try {
        return await durable.executeWithOptions({ summary }, [argument]);
      } catch (error) {
        if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
      }
  };
  return Object.assign(call, {
    quickly,
    durably: (summary: Summary, argument: Argument) =>
      new Errand(() => durable.executeWithOptions({ summary }, [argument])),
  });
}

/** A failed local activity throws its ApplicationFailure bare, an ordinary one inside an ActivityFailure. */
function isIncurable(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}
