import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';

export type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/**
 * How late the work of each timer was done: from the instant for which the timer was set to the end of the workflow task
 * that followed, so with the replay, and with what the workflow asked in that task. A poll of a pay-in is such a timer.
 * @param from the timers that were due since then, epoch ms
 * @returns ms
 */
export function pollDelays(events: readonly Event[], from: number): number[] {
  return events.flatMap((event, index) => {
    const { startedEventId } = event.timerFiredEventAttributes ?? {};
    const started = events.find(({ eventId }) => startedEventId && String(eventId) === String(startedEventId));
    const done = events.slice(index).find((later) => later.workflowTaskCompletedEventAttributes);
    if (!started || !done) return [];
    const due_at = tsToMs(started.eventTime) + tsToMs(started.timerStartedEventAttributes?.startToFireTimeout);
    return due_at < from ? [] : [tsToMs(done.eventTime) - due_at];
  });
}
