import type { History } from '@temporalio/common/lib/proto-utils';

/**
 * Of signals and updates that came together the time-skipping server does not tell in which order the worker got them:
 * such a run replays only by luck. (On a real server: test/e2e/together.test.ts.)
 */
export function mixesMessages(events: readonly HistoryEvent[]): boolean {
  const signal = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
  const update = events.findLastIndex((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
  return signal >= 0 && update > signal;
}

type HistoryEvent = NonNullable<History['events']>[number];
