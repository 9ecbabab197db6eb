import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time';
import type { PayinRig } from '../machinery/payin-rig';
import { isLesspayStatus, type PayinStatus } from '../../payin/state';

/** What the histories of all runs of one pay-in say, oldest run first. */

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

export interface Run {
  readonly runId: string;
  readonly events: readonly HistoryEvent[];
}

/**
 * Every run there was: each knows the one before it, by continue-as-new or as the one it resumed.
 * @param alsoSeen runs that were seen while they ran
 */
export async function allRuns(rig: PayinRig, request_id: string, alsoSeen: Iterable<string>): Promise<Run[]> {
  const runs = new Map<string, Run>();
  const { workflowId } = rig.handle(request_id);
  const toRead = [...alsoSeen];
  for (let runId = toRead.pop(); runId !== undefined; runId = toRead.pop()) {
    if (runs.has(runId)) continue;
    const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const run = { runId, events: history.events ?? [] };
    runs.set(runId, run);
    toRead.push(...runsBefore(run));
  }
  return [...runs.values()].sort((a, b) => startedAt(a) - startedAt(b));
}

/** @returns undefined where there is no such pay-in */
export async function lastRun(rig: PayinRig, request_id: string) {
  try {
    const { runId, status } = await rig.handle(request_id).describe();
    return { runId, status: status.name };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

const startedAt = ({ events: [first] }: Run): number => timeOf(first);
const timeOf = (event: HistoryEvent | undefined): number => (event?.eventTime ? tsToMs(event.eventTime) : 0);

function runsBefore({ events: [first] }: Run): string[] {
  const started = first?.workflowExecutionStartedEventAttributes;
  if (started?.continuedExecutionRunId) return [started.continuedExecutionRunId];
  const previous = resumeOf(first)?.['previous_run_id'];
  return typeof previous === 'string' ? [previous] : [];
}

function resumeOf(first: HistoryEvent | undefined): Record<string, unknown> | undefined {
  const [input] = read(first?.workflowExecutionStartedEventAttributes?.input?.payloads);
  const resume = objectOf(input)?.['resume'];
  return objectOf(input)?.['carried'] === undefined ? objectOf(resume) : undefined;
}

export const read = (payloads: readonly Payload[] | null | undefined): unknown[] =>
  (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));

export const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? { ...value } : undefined;

export interface SeenStatus {
  readonly status: PayinStatus;
  /** Epoch ms of the server. */
  readonly at: number;
}

/** The value of a search attribute as it was written, with each write's time and workflow task. */
function written(runs: readonly Run[], name: string): { value: unknown; at: number; task: string }[] {
  return runs.flatMap((run) =>
    run.events.flatMap((event) => {
      const { indexedFields } =
        (event.workflowExecutionStartedEventAttributes ?? event.upsertWorkflowSearchAttributesEventAttributes)
          ?.searchAttributes ?? {};
      const payload = indexedFields?.[name];
      if (!payload) return [];
      const [value] = read([payload]);
      const task = event.upsertWorkflowSearchAttributesEventAttributes?.workflowTaskCompletedEventId ?? 'start';
      return [
        { value: Array.isArray(value) ? value[0] : value, at: timeOf(event), task: `${run.runId} ${String(task)}` },
      ];
    }),
  );
}

/**
 * Every status that anybody could see, in order: the last one of each workflow task. If a task was lost, the one that is done anew
 * may first learn a later status from Lesspay, and then from the order record the earlier one, which the lost task had written.
 */
export function statuses(runs: readonly Run[]): SeenStatus[] {
  const all = written(runs, 'PayinStatus');
  return all
    .filter(({ task }, index) => task !== all[index + 1]?.task)
    .flatMap(({ value, at }) => (isStatus(value) ? [{ status: value, at }] : []))
    .filter(({ status }, index, seen) => status !== seen[index - 1]?.status);
}

const isStatus = (value: unknown): value is PayinStatus =>
  typeof value === 'string' && (isLesspayStatus(value) || ['CREATING', 'UNRESOLVED', 'REJECTED'].includes(value));

export const neededAttention = (runs: readonly Run[]): boolean =>
  written(runs, 'NeedsAttention').some(({ value }) => value === true);

/** The digests of all webhook signals; undefined for one that holds none. */
export const webhookDigests = (runs: readonly Run[]): unknown[] =>
  runs.flatMap(({ events }) =>
    events.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === 'webhook' ? [objectOf(read(signal.input?.payloads)[0])?.['digest']] : [],
    ),
  );

/** What happened between a run and Lesspay, in order. */
export type Call =
  | { readonly call: 'create'; readonly effect: 'under_way' | 'did_not' | 'may_have' | 'did' }
  | { readonly call: 'query'; readonly answered: boolean };

export function lesspayCalls(runs: readonly Run[]): Call[] {
  return runs.flatMap(({ events }) => {
    const types = new Map(
      events.map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes?.activityType?.name]),
    );
    return events.flatMap((event): Call[] => {
      const done = event.activityTaskCompletedEventAttributes;
      const failed =
        event.activityTaskFailedEventAttributes ??
        event.activityTaskTimedOutEventAttributes ??
        event.activityTaskCanceledEventAttributes;
      const type = types.get(String((done ?? failed)?.scheduledEventId));
      if (type === 'createOrder') return [{ call: 'create', effect: done ? 'did' : effectOf(event) }];
      if (type === 'queryOrder') return [{ call: 'query', answered: Boolean(done) }];
      const scheduled = event.activityTaskScheduledEventAttributes?.activityType?.name;
      if (scheduled === 'createOrder') return [{ call: 'create', effect: 'under_way' }];
      const marker = event.markerRecordedEventAttributes;
      const [local] = read(marker?.details?.['data']?.payloads);
      if (objectOf(local)?.['activity_type'] === 'queryOrder') return [{ call: 'query', answered: !marker?.failure }];
      return [];
    });
  });
}

function effectOf({ activityTaskFailedEventAttributes: failed }: HistoryEvent): 'did_not' | 'may_have' {
  const details = failed?.failure?.applicationFailureInfo?.details?.payloads;
  return objectOf(read(details)[0])?.['effect'] === 'did_not' ? 'did_not' : 'may_have';
}

/** `temporal.api.enums.v1.WorkflowTaskFailedCause`: a signal came in the last step; a worker gave its cache away; a reset. */
const HARMLESS = new Set([1, 13, 20]);

/** The loop gave its task up, since the history may say otherwise (`workflows/loop/local-call.ts`). */
export const isGivenUp = (message: string | null | undefined): boolean =>
  message?.startsWith('a local activity ended together with messages') ?? false;

/** What must never be in a history, in words. */
export function breakages(runs: readonly Run[]): string[] {
  return runs.flatMap(({ runId, events }) => {
    const found = events.flatMap((event) => {
      const task = event.workflowTaskFailedEventAttributes;
      if (task && !HARMLESS.has(Number(task.cause)) && !isGivenUp(task.failure?.message))
        return [`a workflow task failed, cause ${Number(task.cause)}: ${task.failure?.message}`];
      const failed = event.workflowExecutionFailedEventAttributes;
      if (failed) return [`the run failed: ${failed.failure?.message}`];
      if (event.workflowExecutionTimedOutEventAttributes) return ['the run timed out'];
      if (event.workflowExecutionCanceledEventAttributes) return ['the run was cancelled, not only its polls'];
      return [];
    });
    if (events.length >= 5_000) found.push(`a history of ${events.length} events`);
    return found.map((what) => `${what} (run ${runId})`);
  });
}
