import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import type { History } from './parked-at';

const FOLDER = join(__dirname, '../histories');

/** Without `.json`. */
export const SAVED: readonly string[] = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

export const savedHistory = (name: string): History =>
  historyFromJSON(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));

/**
 * Replays a history with the workflow code of a bundle.
 * @throws DeterminismViolationError when that code would not have gone the same way
 */
export async function replay(bundlePath: string, history: History, id = workflowId(history)): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: { codePath: bundlePath } }, history, id);
}

/** The run's own id: the workflow refuses to run under another. The time-skipping server leaves it out. */
function workflowId({ events }: History): string {
  const id = events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (!id) throw new Error('the history does not name its workflow id');
  return id;
}
