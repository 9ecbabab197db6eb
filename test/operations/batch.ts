import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { projectRoot } from '../../devstack/project-root';
import { fromSetUp } from '../machinery/payin-rig';
import { underItsRunId, wasPausedTooEarly } from '../machinery/replay';
import { type Cell, conclude, disturb, type Disturbed, historiesOf } from './cell';
import { isGivenUp } from '../model/run-histories';
import type { Ground } from './ground';

/** Where the histories of a cell with problems are kept. */
export const KEPT = join(projectRoot, '.data', 'operations');
let batches = 0;
/** So many pay-ins at once. */
const AT_ONCE = 8;

/**
 * Runs cells side by side, and looks whether the worker lived through it. Where it did not, each cell alone says which
 * of them it was.
 * @param at what the problems of a cell begin with
 * @returns what is wrong, in words
 */
export async function runCells(ground: Ground, cells: readonly Cell[], at: (cell: Cell) => string): Promise<string[]> {
  const together = await runTogether(ground, cells, at);
  if (ground.worker.death === undefined) return together;
  if (cells.length === 1) {
    const death = `the worker died, ${ground.worker.death}`;
    await ground.worker.start();
    return [`${cells.map(at).join()}: ${death}`];
  }
  await ground.worker.start();
  const problems: string[] = [];
  for (const cell of cells) problems.push(...(await runCells(ground, [cell], at)));
  return problems.length > 0 ? problems : ['the worker died, and no cell alone does it', ...together];
}

async function runTogether(ground: Ground, cells: readonly Cell[], at: (cell: Cell) => string): Promise<string[]> {
  const down = cells.some(({ life }) => life.recordsDown);
  const problems: string[] = [];
  const alive = () => ground.worker.death === undefined;
  if (down) ground.database.close();
  let begun: Disturbed[];
  try {
    begun = await inTurns(cells, async (cell) => {
      if (!alive()) return undefined;
      try {
        return await disturb(ground, cell);
      } catch (error) {
        problems.push(`${at(cell)}: ${String(error)}`);
        return undefined;
      }
    });
  } finally {
    if (down) await ground.database.open();
  }
  try {
    await inTurns(begun, async (cell) => {
      if (!alive()) return;
      const wrong = await conclude(ground, cell);
      problems.push(...wrong.map((problem) => `${at(cell)}, ${cell.id}: ${problem}`));
    });
    return alive() ? [...problems, ...(await astray(ground, begun, at, problems.length > 0))] : problems;
  } finally {
    await terminateAll(ground, begun);
  }
}

/**
 * What must be in no history: a failed task, a failed run; and each must replay.
 * @param wrong whether something is wrong already: then the histories are kept
 */
async function astray(
  ground: Ground,
  cells: readonly Disturbed[],
  at: (cell: Cell) => string,
  wrong: boolean,
): Promise<string[]> {
  const folder = join(KEPT, `${process.pid}-${++batches}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const owner = new Map<string, string>();
  const problems: string[] = [];
  for (const cell of cells)
    for (const { name, history } of await historiesOf(ground, cell)) {
      if (wasPausedTooEarly(history)) continue;
      const file = `${name}.json`;
      await writeFile(join(folder, file), historyToJSON(underItsRunId(history)));
      owner.set(file, `${at(cell)}, ${name}`);
      for (const {
        workflowTaskFailedEventAttributes: task,
        workflowExecutionFailedEventAttributes: run,
      } of history.events ?? []) {
        if (task && !HARMLESS.has(Number(task.cause)) && !isGivenUp(task.failure?.message))
          problems.push(`${at(cell)}, ${name}: a workflow task failed, cause ${task.cause}: ${task.failure?.message}`);
        if (run && cell.life.of !== 'reconciliation')
          problems.push(`${at(cell)}, ${name}: the run failed: ${run.failure?.message}`);
      }
    }
  for (const [file, error] of await replayAll(folder, [...owner.keys()]))
    problems.push(`${owner.get(file)}: does not replay: ${error}`);
  if (problems.length === 0 && !wrong) await rm(folder, { recursive: true, force: true });
  return problems;
}

/** `temporal.api.enums.v1.WorkflowTaskFailedCause`: a message came in the last step, a worker gave its cache away, a run was closed or reset by an operator. */
const HARMLESS = new Set([1, 13, 17, 20]);

/** @returns the files that do not replay, each with what is said of it */
async function replayAll(folder: string, files: readonly string[]): Promise<[file: string, error: string][]> {
  const wrong: [string, string][] = [];
  for (let left = [...files]; left.length > 0;) {
    const lines = await replayed(folder, left);
    wrong.push(...lines.flatMap(({ file, error }): [string, string][] => (error === undefined ? [] : [[file, error]])));
    left = left.slice(lines.length);
    const [culprit] = left;
    if (culprit === undefined) break;
    wrong.push([culprit, 'the process died of it']);
    left.shift();
  }
  return wrong;
}

interface Replayed {
  readonly file: string;
  readonly error?: string;
}

function replayed(folder: string, files: readonly string[]): Promise<Replayed[]> {
  const args = [join(__dirname, 'replay.js'), fromSetUp('TEST_WORKFLOW_BUNDLE'), folder, ...files];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 64_000_000, timeout: 120_000 }, (_error, stdout) => {
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
      // oxlint-disable-next-line typescript/no-unsafe-return
      resolve(lines.map((line): Replayed => JSON.parse(line)));
    });
  });
}

async function terminateAll({ rig: { client } }: Ground, cells: readonly Disturbed[]): Promise<void> {
  for (const cell of cells)
    for (const workflowId of [cell.subject.workflowId, `payin-${cell.id}`])
      await client.workflow
        .getHandle(workflowId)
        .terminate('the test is over')
        .catch(() => undefined);
}

/** A few at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result | undefined>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items];
  const next = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      const result = await act(item);
      if (result !== undefined) results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return results;
}
