import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';

/** What Temporal was given to do. */
export interface HistoryFigures {
  readonly runs: number;
  readonly events: number;
  readonly workflow_tasks: number;
  /** Attempts; local activities are not among them. */
  readonly activity_tasks: number;
  readonly bytes: number;
  /** As Temporal Cloud bills them. */
  readonly actions: number;
}

const LIMIT_MS = 30_000;

/**
 * The sums over all runs that a loop has caused: those of its pay-ins, and those that these have started.
 * @param payins how many the loop made
 * @throws Error when not all of these runs complete within 30 s
 */
export async function historiesOf(client: Client, loop: string, payins: number): Promise<HistoryFigures> {
  const runs = await endedRuns(client, loop, payins);
  let sums: HistoryFigures = { runs: 0, events: 0, workflow_tasks: 0, activity_tasks: 0, bytes: 0, actions: 0 };
  for (const { workflowId, runId, historySize = 0 } of runs) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const figures = figuresOf(events ?? []);
    sums = {
      runs: sums.runs + 1,
      events: sums.events + figures.events,
      workflow_tasks: sums.workflow_tasks + figures.workflow_tasks,
      activity_tasks: sums.activity_tasks + figures.activity_tasks,
      bytes: sums.bytes + historySize,
      actions: sums.actions + figures.actions,
    };
  }
  return sums;
}

/** The server lists a run some moments after it began: the list counts when it is the same twice. */
async function endedRuns(client: Client, loop: string, payins: number) {
  let before = 0;
  for (const until = Date.now() + LIMIT_MS; Date.now() < until; await sleep(1_000)) {
    const runs = [];
    for await (const run of client.workflow.list()) if (run.workflowId.includes(`-${loop}-`)) runs.push(run);
    const haveEnded = runs.length >= payins && runs.every(({ status }) => status.name === 'COMPLETED');
    if (haveEnded && runs.length === before) return runs;
    before = runs.length;
  }
  throw new Error(`Not all runs of the ${payins} pay-ins have completed within 30 s.`);
}

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

function figuresOf(events: readonly Event[]): Omit<HistoryFigures, 'runs' | 'bytes'> {
  const count = (is: (event: Event) => unknown) => events.filter(is).length;
  return {
    events: events.length,
    workflow_tasks: count((event) => event.workflowTaskStartedEventAttributes),
    activity_tasks: activityAttempts(events),
    actions: billableActions(events),
  };
}

/**
 * The rule of docs.temporal.io, "Temporal Cloud Actions", as far as a history shows it: not queries, heartbeats, and
 * updates that were refused.
 */
function billableActions(events: readonly Event[]): number {
  const single = events.filter(
    (event) =>
      event.workflowExecutionStartedEventAttributes ||
      event.timerStartedEventAttributes ||
      event.workflowExecutionSignaledEventAttributes ||
      event.workflowExecutionUpdateAcceptedEventAttributes ||
      event.startChildWorkflowExecutionInitiatedEventAttributes ||
      event.workflowExecutionOptionsUpdatedEventAttributes ||
      upsertsAttributes(event),
  ).length;
  // Signal-with-start is one action, and its signal is the second event.
  const startedBySignal = events[1]?.workflowExecutionSignaledEventAttributes ? 1 : 0;
  return single - startedBySignal + activityAttempts(events) + tasksWithMarkers(events);
}

/** That of `patched` is free. */
function upsertsAttributes({ upsertWorkflowSearchAttributesEventAttributes: upsert }: Event): boolean {
  const names = Object.keys(upsert?.searchAttributes?.indexedFields ?? {});
  return names.some((name) => name !== 'TemporalChangeVersion');
}

const activityAttempts = (events: readonly Event[]): number =>
  events.reduce((sum, { activityTaskStartedEventAttributes: started }) => sum + (started?.attempt ?? 0), 0);

/** All markers of one workflow task are one action; the ends of local activities are markers. */
const tasksWithMarkers = (events: readonly Event[]): number =>
  new Set(
    events.flatMap(({ markerRecordedEventAttributes: marker }) =>
      marker ? [String(marker.workflowTaskCompletedEventId)] : [],
    ),
  ).size;
