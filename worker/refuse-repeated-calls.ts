import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** So often is one local activity executed for one run, whatever becomes of its workflow task. */
const MOST = 2;

/** Of so many local activities it is remembered how often they were executed: of the newest. */
const REMEMBERED = 10_000;

/**
 * A workflow task that fails is done anew, and with it each local activity in it: a run whose task fails for good would
 * ask Lesspay the same thing without end. So this process executes each one twice at most; then it fails, and the
 * workflow makes an ordinary activity of it, which a failing task never starts.
 */
export function refuseRepeatedCalls(): ActivityInterceptorsFactory {
  const executed = new Map<string, number>();
  return ({ info: { isLocal, workflowExecution, activityId, activityType } }) => ({
    inbound: {
      execute(input, next) {
        if (!isLocal || !workflowExecution) return next(input);
        const key = `${workflowExecution.runId}/${activityType}/${activityId}`;
        const times = executed.get(key) ?? 0;
        if (times >= MOST)
          throw ApplicationFailure.retryable(
            `${activityType} was executed ${times} times, and its workflow task was done anew each time`,
            'RepeatedTooOften',
          );
        executed.delete(key);
        executed.set(key, times + 1);
        const [oldest] = executed.keys();
        if (executed.size > REMEMBERED && oldest !== undefined) executed.delete(oldest);
        return next(input);
      },
    },
  });
}
