import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { replayAll } from '../machinery/replay';
import type { History } from './parked-at';

const FOLDER = join(__dirname, '../histories');

/** Without `.json`. */
export const SAVED: readonly string[] = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

export const savedHistory = (name: string): History =>
  historyFromJSON(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));

/**
 * Replays all of them with the workflow code of a bundle.
 * @returns what is wrong with each, by its name
 */
export async function replaySaved(bundlePath: string): Promise<ReadonlyMap<string, Error | undefined>> {
  const histories = SAVED.map((name) => {
    const history = savedHistory(name);
    return { history, workflowId: workflowId(history) };
  });
  const problems = await replayAll(bundlePath, histories);
  expect(problems).toHaveLength(SAVED.length);
  return new Map(SAVED.map((name, index) => [name, problems[index]]));
}

/**
 * Replays one with the workflow code of a bundle.
 * @throws DeterminismViolationError when that code would not have gone the same way
 */
export async function replay(bundlePath: string, history: History): Promise<void> {
  const [problem] = await replayAll(bundlePath, [{ history, workflowId: workflowId(history) }]);
  if (problem) throw problem;
}

/** The run's own id: the workflow refuses to run under another. */
function workflowId({ events }: History): string {
  const id = events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (!id) throw new Error('the history does not name its workflow id');
  return id;
}
