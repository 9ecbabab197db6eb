import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { tsToMs, type Timestamp } from '@temporalio/common/lib/time';

/**
 * How much is under way in a run: workflow tasks and activities. The time-skipping server locks its clock for each, and
 * never unlocks it again when the run is terminated meanwhile.
 */
export function underWay({ raw }: WorkflowExecutionDescription, { events }: History): number {
  const count = (is: (event: HistoryEvent) => unknown) => (events ?? []).filter(is).length;
  const ended = count(
    (event) =>
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes,
  );
  // One that waits for its next attempt locks nothing.
  const running = (raw.pendingActivities ?? []).filter(
    ({ lastStartedTime, lastAttemptCompleteTime }) => at(lastAttemptCompleteTime) <= at(lastStartedTime),
  ).length;
  return count((event) => event.workflowTaskScheduledEventAttributes) - ended + running;
}

type HistoryEvent = NonNullable<History['events']>[number];

const at = (time: Timestamp | null | undefined): number => (time ? tsToMs(time) : 0);
