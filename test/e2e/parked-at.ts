import type { historyFromJSON } from '@temporalio/common/lib/proto-utils';

export type History = ReturnType<typeof historyFromJSON>;

/** What a run does not go on without: nothing else is under way in it. */
export type ParkedAt = 'timer' | 'activity' | 'message' | 'the end';

/** Where the history leaves its run; `busy` while a workflow task is under way. */
export function parkedAt({ events }: History): ParkedAt | 'busy' {
  const timers = new Set<string>();
  const activities = new Set<string>();
  let tasks = 0;
  for (const event of events ?? []) {
    const id = String(event.eventId);
    if (ENDS.some((end) => event[end])) return 'the end';
    if (event.workflowTaskScheduledEventAttributes) tasks += 1;
    if (TASK_ENDS.some((end) => event[end])) tasks -= 1;
    if (event.timerStartedEventAttributes) timers.add(id);
    for (const end of TIMER_ENDS) timers.delete(String(event[end]?.startedEventId));
    if (event.activityTaskScheduledEventAttributes) activities.add(id);
    for (const end of ACTIVITY_ENDS) activities.delete(String(event[end]?.scheduledEventId));
  }
  if (tasks > 0) return 'busy';
  if (activities.size > 0) return 'activity';
  return timers.size > 0 ? 'timer' : 'message';
}

const ENDS = [
  'workflowExecutionCompletedEventAttributes',
  'workflowExecutionFailedEventAttributes',
  'workflowExecutionTimedOutEventAttributes',
  'workflowExecutionCanceledEventAttributes',
  'workflowExecutionTerminatedEventAttributes',
  'workflowExecutionContinuedAsNewEventAttributes',
] as const;
const TASK_ENDS = [
  'workflowTaskCompletedEventAttributes',
  'workflowTaskFailedEventAttributes',
  'workflowTaskTimedOutEventAttributes',
] as const;
const TIMER_ENDS = ['timerFiredEventAttributes', 'timerCanceledEventAttributes'] as const;
const ACTIVITY_ENDS = [
  'activityTaskCompletedEventAttributes',
  'activityTaskFailedEventAttributes',
  'activityTaskTimedOutEventAttributes',
  'activityTaskCanceledEventAttributes',
] as const;
