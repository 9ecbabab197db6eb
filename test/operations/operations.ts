import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { HistoryEvent, RunId } from './steps';

/** What an operator can do to a run in the Temporal UI or with its CLI. */
export interface Operation {
  /** What has to come before the run can end: nothing polls, or nothing runs. */
  readonly stops?: 'polls' | 'run';
  /** The run is done anew from some point: it may ask Lesspay again what it asked before. */
  readonly repeats?: true;
  /** @returns false where Temporal does not let it be done at this step */
  readonly act: (client: Client, run: RunId, history: readonly HistoryEvent[]) => Promise<boolean>;
}

/** So long a pause lasts, ms: longer than the first retries. */
const PAUSED_MS = 1_500;

const by = { identity: 'an operator', reason: 'a test' };

export const TERMINATE: Operation = {
  stops: 'run',
  act: (client, { workflowId, runId }) =>
    unlessOver(() => client.workflow.getHandle(workflowId, runId).terminate('a test')),
};

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  Cancel: { stops: 'polls', act: (client, run) => cancel(client, run) },
  'Cancel twice': {
    stops: 'polls',
    async act(client, run) {
      if (!(await cancel(client, run))) return false;
      await pause(200);
      await cancel(client, run);
      return true;
    },
  },
  Terminate: TERMINATE,
  'Reset to the first task': { repeats: true, act: (client, run, history) => reset(client, run, tasksOf(history)[0]) },
  'Reset to the last task': {
    repeats: true,
    act: (client, run, history) => reset(client, run, tasksOf(history).at(-1)),
  },
  'Pause of the run': {
    act({ workflowService, options: { namespace } }, run) {
      return unlessOver(async () => {
        await workflowService.pauseWorkflowExecution({ namespace, ...run, ...by, requestId: randomUUID() });
        await pause(PAUSED_MS);
        await workflowService.unpauseWorkflowExecution({ namespace, ...run, ...by, requestId: randomUUID() });
      });
    },
  },
  'Pause of the activities': {
    act: (client, run) =>
      toActivities(client, run, async (activity) => {
        const { workflowService } = client;
        await workflowService.pauseActivity(activity);
        await pause(PAUSED_MS);
        await unlessOver(() => workflowService.unpauseActivity(activity));
      }),
  },
  'Reset of the activities': {
    repeats: true,
    act: (client, run) => toActivities(client, run, (activity) => client.workflowService.resetActivity(activity)),
  },
};

const cancel = (client: Client, { workflowId, runId }: RunId): Promise<boolean> =>
  unlessOver(() => client.workflow.getHandle(workflowId, runId).cancel());

const tasksOf = (history: readonly HistoryEvent[]): HistoryEvent[] =>
  history.filter((event) => event.workflowTaskCompletedEventAttributes);

async function reset(client: Client, run: RunId, task: HistoryEvent | undefined): Promise<boolean> {
  if (!task?.eventId) return false;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: run,
    reason: by.reason,
    requestId: randomUUID(),
    workflowTaskFinishEventId: task.eventId,
  });
  return true;
}

interface ActivityRequest {
  readonly namespace: string;
  readonly execution: RunId;
  readonly identity: string;
  readonly id: string;
}

/** @returns false where there are none */
async function toActivities(
  client: Client,
  execution: RunId,
  act: (activity: ActivityRequest) => Promise<unknown>,
): Promise<boolean> {
  const { workflowId, runId } = execution;
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  const done = await Promise.all(
    (raw.pendingActivities ?? []).map(({ activityId }) =>
      unlessOver(() =>
        act({ namespace: client.options.namespace, execution, identity: by.identity, id: activityId ?? '' }),
      ),
    ),
  );
  return done.includes(true);
}

/** gRPC's NOT_FOUND, and FAILED_PRECONDITION: what has ended, or is there no more, takes no order. */
async function unlessOver(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (isGrpcServiceError(cause) && [5, 9].includes(cause.code.valueOf())) return false;
    throw error;
  }
}
