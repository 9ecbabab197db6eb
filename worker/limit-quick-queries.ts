import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/**
 * Temporal limits ordinary activities for all workers together, and local ones not at all. So this worker begins at most so many
 * quick queries of Lesspay a second. One above that fails at once, and the workflow asks by an ordinary activity.
 * @param perSecond 0: every query is an ordinary activity
 * @param now a clock that never goes back, ms
 */
export function limitQuickQueries(perSecond: number, now = () => performance.now()): ActivityInterceptorsFactory {
  let left = perSecond;
  let seen_at = now();
  const mayBegin = () => {
    const at = now();
    left = Math.min(perSecond, left + ((at - seen_at) / 1_000) * perSecond);
    seen_at = at;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
  return ({ info: { isLocal, activityType } }) => ({
    inbound: {
      execute(input, next) {
        if (!isLocal || activityType !== 'queryOrder' || mayBegin()) return next(input);
        throw ApplicationFailure.retryable(
          `this worker begins at most ${perSecond} quick queries a second (QUICK_QUERIES_PER_SECOND)`,
          'QuickQueriesLimited',
        );
      },
    },
  });
}
