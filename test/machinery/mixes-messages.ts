import type { History } from '@temporalio/common/lib/proto-utils';

/**
 * Of signals and updates that came together the time-skipping server does not tell in which order the worker got them:
 * such a run replays only by luck. (On a real server: test/e2e/together.test.ts.) Now and then it also puts a message
 * between the start and the end of a workflow task, where no history has one: a replay would never end.
 */
export function mixesMessages(events: readonly HistoryEvent[]): boolean {
  const signal = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
  const update = events.findLastIndex((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  return (signal >= 0 && update > signal) || events.some((event, index) => isTask(event) && splits(events[index + 1]));
}

const isTask = (event: HistoryEvent): boolean => Boolean(event.workflowTaskStartedEventAttributes);

const splits = (next: HistoryEvent | undefined): boolean =>
  next !== undefined &&
  !next.workflowTaskCompletedEventAttributes &&
  !next.workflowTaskFailedEventAttributes &&
  !next.workflowTaskTimedOutEventAttributes &&
  !next.workflowExecutionTerminatedEventAttributes;

type HistoryEvent = NonNullable<History['events']>[number];
