import { activityInfo } from '@temporalio/activity';

/**
 * Is this the first time that the server hands this activity to a worker? `maximumAttempts: 1` alone does not see to
 * that: an attempt that fails while its activity is paused is kept and handed out again, and operators can raise the
 * limit. After a reset of the activity it says attempt 1 again; then only its schedule tells.
 */
export function isFirstExecution(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs;
}
