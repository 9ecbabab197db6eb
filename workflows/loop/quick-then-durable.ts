import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  type ActivityFunctionWithOptions,
  TemporalFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { BackgroundActivity } from './background-activity';
import { localCall } from './local-call';

type WhyNot = (error: unknown) => void;

/** What the UI shows beside an ordinary activity. */
type Summary = NonNullable<ActivityOptions['summary']>;

/**
 * Calls an activity first as a local activity: one attempt, inside the workflow task, cheap for the server. If that fails,
 * as an ordinary activity with a long retry policy, which the UI shows as pending.
 *
 * Only the one loop of a workflow may call it: two local activities at once, or one beside a signal handler that makes
 * calls of its own, break the replay (`local-call.ts`).
 */
export interface QuickThenDurable<Argument, Result> {
  /**
   * @param whyNot gets the failure of the quick call
   * @returns the result of the quick call, or of the durable one after it. One that an operator ended is started again.
   */
  (summary: Summary, argument: Argument, whyNot?: WhyNot): Promise<Result>;
  /**
   * The quick call alone.
   * @returns undefined if it failed, and the durable call may succeed; `whyNot` then gets the failure
   * @throws if the durable call would fail, too
   */
  quickly(argument: Argument, whyNot?: WhyNot): Promise<{ readonly result: Result } | undefined>;
  /** Starts the durable call, and does not wait for it. */
  durably(summary: Summary, argument: Argument): BackgroundActivity<Result>;
}

/**
 * A quick call alone, after which another activity may follow. See `QuickThenDurable.quickly`.
 * @param quick a proxied local activity
 */
export const quickCall =
  <Argument, Result>(quick: (argument: Argument) => Promise<Result>): QuickThenDurable<Argument, Result>['quickly'] =>
  async (argument, whyNot) => {
    try {
      return { result: await localCall(() => quick(argument)) };
    } catch (error) {
      if (!(error instanceof TemporalFailure) || isIncurable(error)) throw error;
      whyNot?.(error);
      return undefined;
    }
  };

/**
 * @param quick a proxied local activity
 * @param durable the same activity, proxied as an ordinary one
 */
export function quickThenDurable<Argument, Result>(
  quick: (argument: Argument) => Promise<Result>,
  durable: ActivityFunctionWithOptions<(argument: Argument) => Promise<Result>>,
): QuickThenDurable<Argument, Result> {
  const quickly = quickCall(quick);
  const call = async (summary: Summary, argument: Argument, whyNot?: WhyNot): Promise<Result> => {
    const answer = await quickly(argument, whyNot);
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
      new BackgroundActivity(() => durable.executeWithOptions({ summary }, [argument])),
  });
}

/** A failed local activity throws its ApplicationFailure bare, an ordinary one inside an ActivityFailure. */
function isIncurable(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.nonRetryable === true;
}
