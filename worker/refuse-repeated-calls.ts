import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** How many times one local activity of a run is executed at most. */
const MOST = 2;

/** For how many local activities, the newest ones, the count is kept. */
const REMEMBERED = 10_000;

/**
 * Temporal repeats a workflow task that fails, and each repetition executes its local activities again. So a run whose task
 * always fails would call Lesspay without end. Therefore this process executes each local activity at most twice, then fails
 * it. The workflow then schedules it as an ordinary activity, which Temporal starts only if the workflow task succeeds.
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
            `${activityType} was executed ${times} times, because its workflow task failed and was repeated`,
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
