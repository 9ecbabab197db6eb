import type { History } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { RESET_WORKFLOW } from '../../activities/run-was-reset';

/**
 * For a worker: how long workflow code may run at one go, an option that Temporal's types do not show. By the clock on the wall: on a busy machine five seconds, the default, may pass
 * in the middle of it, and Node may abort the whole process when they have (nodejs/node#38503).
 */
export const SLOW_MACHINE = { isolateExecutionTimeout: '5 minutes' };

/**
 * For a replay: in a thread of its own, as a worker runs workflows, an option that Temporal's types do not show. By default
 * a replay takes the thread it is called in and leaves a hook there that takes a stack trace of every promise made; each
 * test file loads Temporal anew, so the hooks of one jest process add up (findings/replay-leaves-a-promise-hook.sh).
 */
const IN_A_THREAD = { debugMode: false };

export interface RunToReplay {
  readonly workflowId: string;
  readonly history: History;
}

/**
 * Replays histories with the workflow code of a bundle, one after the other on one worker: to make a worker is most of
 * the work.
 * @returns in their order, what is wrong with each, most often a DeterminismViolationError; undefined where it replays
 */
export async function replayAll(bundlePath: string, histories: Iterable<RunToReplay>): Promise<(Error | undefined)[]> {
  const problems: (Error | undefined)[] = [];
  const options = { workflowBundle: { codePath: bundlePath }, ...SLOW_MACHINE, ...IN_A_THREAD };
  for await (const { error } of Worker.runReplayHistories(options, underTheirIds(histories))) problems.push(error);
  return problems;
}

function* underTheirIds(histories: Iterable<RunToReplay>) {
  for (const { workflowId, history } of histories) yield { workflowId, history: underItsRunId(history) };
}

/** `temporal.api.enums.v1.WorkflowTaskFailedCause` */
const PAUSED_BEFORE_TASK_STARTED = 39;

/** Such a run can't go on, nor be replayed: it is to be stopped and woken (docs/operations.md, "Paused"). */
export const wasPausedTooEarly = ({ events }: History): boolean =>
  (events ?? []).some(
    ({ workflowTaskFailedEventAttributes: task }) => task?.cause?.valueOf() === PAUSED_BEFORE_TASK_STARTED,
  );

/**
 * A replay takes the run id in a history's first event for the run's own. After a Reset that is the id of the run that was
 * reset, which our workflow tells from its own (findings/reset-run-replays-under-another-id.sh).
 */
export function underItsRunId(history: History): History {
  const [first, ...rest] = history.events ?? [];
  const started = first?.workflowExecutionStartedEventAttributes;
  const reset = rest.findLast(
    ({ workflowTaskFailedEventAttributes: task }) => task?.cause?.valueOf() === RESET_WORKFLOW,
  );
  const originalExecutionRunId = reset?.workflowTaskFailedEventAttributes?.newRunId;
  if (!started || !originalExecutionRunId) return history;
  const attributes = { ...started, originalExecutionRunId };
  return { ...history, events: [{ ...first, workflowExecutionStartedEventAttributes: attributes }, ...rest] };
}
