import type { Client, WorkflowHandle } from '@temporalio/client';

/** Where a run is, by its history. */

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** One run of one workflow. */
export interface RunId {
  readonly workflowId: string;
  readonly runId: string;
}

/** A moment in the life of a run: its history has so many events, and this one is the last. */
export interface Step {
  readonly events: number;
  readonly last: string;
}

/** Each moment that can be met from outside: what a workflow task brings about is written at once. */
export function stepsOf(events: readonly HistoryEvent[]): Step[] {
  return events.flatMap((event, index) => {
    const next = events[index + 1];
    return next && isCommand(next) ? [] : [{ events: index + 1, last: nameOf(event) }];
  });
}

const isCommand = (event: HistoryEvent): boolean =>
  Object.entries(event).some(
    ([member, attributes]) =>
      member.endsWith('EventAttributes') &&
      typeof attributes === 'object' &&
      attributes !== null &&
      'workflowTaskCompletedEventId' in attributes &&
      Number(attributes.workflowTaskCompletedEventId) > 0,
  );

/** E.g. `activityTaskScheduled createOrder`. */
function nameOf(event: HistoryEvent): string {
  const kind = Object.keys(event).find((member) => member.endsWith('EventAttributes')) ?? '';
  const what =
    event.activityTaskScheduledEventAttributes?.activityType?.name ??
    event.workflowExecutionSignaledEventAttributes?.signalName ??
    event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name ??
    event.markerRecordedEventAttributes?.markerName;
  return [kind.replace('EventAttributes', ''), what].filter(Boolean).join(' ');
}

/**
 * Waits until a run's history has so many events.
 * @returns those there are then; fewer where the run ended before, or `enough` is aborted
 */
export async function untilHistoryHas(
  { workflowService, options: { namespace } }: Client,
  execution: RunId,
  count: number,
  enough: AbortSignal,
): Promise<HistoryEvent[]> {
  const seen: HistoryEvent[] = [];
  for (let nextPageToken: Uint8Array | undefined; !enough.aborted;) {
    const answer = await aborting(
      enough,
      workflowService.getWorkflowExecutionHistory({
        namespace,
        execution,
        waitNewEvent: true,
        ...(nextPageToken ? { nextPageToken } : {}),
      }),
    );
    seen.push(...(answer?.history?.events ?? []));
    if (seen.length >= count || !answer?.nextPageToken.length) break;
    nextPageToken = answer.nextPageToken;
  }
  return seen;
}

const aborting = <T>(signal: AbortSignal, call: Promise<T>): Promise<T | undefined> =>
  Promise.race([
    call,
    new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    }),
  ]);
