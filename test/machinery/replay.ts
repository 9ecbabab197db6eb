import type { HistoryAndWorkflowId } from '@temporalio/client';
import { Worker } from '@temporalio/worker';

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

/**
 * Replays histories with the workflow code of a bundle, one after the other on one worker: to make a worker is most of
 * the work.
 * @returns in their order, what is wrong with each, most often a DeterminismViolationError; undefined where it replays
 */
export async function replayAll(
  bundlePath: string,
  histories: Iterable<HistoryAndWorkflowId> | AsyncIterable<HistoryAndWorkflowId>,
): Promise<(Error | undefined)[]> {
  const problems: (Error | undefined)[] = [];
  const options = { workflowBundle: { codePath: bundlePath }, ...SLOW_MACHINE, ...IN_A_THREAD };
  for await (const { error } of Worker.runReplayHistories(options, histories)) problems.push(error);
  return problems;
}
