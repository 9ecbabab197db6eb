import { activityInfo } from '@temporalio/activity';

/**
 * Is this the first time that the server gives this activity to a worker? `maximumAttempts: 1` does not guarantee that:
 * the server retries an activity whose attempt failed while it was paused, and operators can raise the limit. After a
 * reset of the activity `attempt` is 1 again; then only the scheduled times differ.
 */
export function isFirstExecution(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs;
}
