import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historyText } from '../../scripts/history-text';
import { cacheDir, projectRoot } from '../../devstack/project-root';
import { TASK_QUEUE } from '../../temporal.config';
import { fromSetUp } from './from-set-up';

/**
 * Every run that a test file made must replay: a worker that takes it up anew, after a restart or when its cache is full,
 * has to go the way that was gone.
 */

const FOLDER = join(cacheDir, 'test', 'failed-histories');
/** A file that makes more has made them all alike. */
const MOST = 300;

/** Ids of workflows. */
const unreplayed = new Set<string>();

/** For a run by other code than today's, and for one that its test has replayed. */
export const leaveUnreplayed = (workflowId: string): void => void unreplayed.add(workflowId);

/** Names its child by its task queue, which is another one in a replay. */
const BY_ITS_QUEUE = 'scheduledReconciliation';

export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

type Replay = typeof import('./replay');
type NamedHistory = Run & { readonly history: History };
type HistoryEvent = NonNullable<History['events']>[number];

/**
 * @param isTelling false of a history by which a run can't be judged
 * @throws Error that names the files of those that do not replay, which it keeps
 */
export async function replayRuns(
  client: Client,
  runs: AsyncIterable<Run> | Iterable<Run>,
  isTelling: (events: readonly HistoryEvent[]) => boolean = () => true,
): Promise<void> {
  // Loaded when there is something to replay: with it come Temporal's worker and all that it needs.
  let replay: Replay | undefined;
  const histories: NamedHistory[] = [];
  for await (const run of runs) {
    if (unreplayed.has(run.workflowId)) continue;
    if (histories.length === MOST) {
      process.stderr.write(`Of the runs of this test file, ${MOST} are replayed\n`);
      break;
    }
    replay ??= jest.requireActual<Replay>('./replay');
    const history = await historyOf(client, run);
    const events = history?.events ?? [];
    if (
      !history ||
      replay.wasPausedTooEarly(history) ||
      typeOf(events) === BY_ITS_QUEUE ||
      !wasTakenUp(events) ||
      !isTelling(events) ||
      !(await isFirstOfItsShape(events))
    )
      continue;
    histories.push({ ...run, history });
  }
  if (!replay || histories.length === 0) return;
  const problems = await replay.replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), histories);
  const kept: string[] = [];
  for (const [index, problem] of problems.entries()) {
    const run = histories[index];
    if (problem && run) kept.push(`${await keep(run)}: ${problem.message}`);
  }
  if (kept.length > 0)
    throw new Error(
      `Histories that do not replay are kept; copy one to test/histories/ to try it:\n${kept.join('\n')}`,
    );
}

/** In all test files of this run of jest: each leaves an empty folder for every shape that it replays. */
async function isFirstOfItsShape(events: readonly HistoryEvent[]): Promise<boolean> {
  const shape = createHash('sha256').update(shapeOf(events)).digest('hex');
  const folder = join(fromSetUp('TEST_REPLAYED'), shape);
  return (await mkdir(folder, { recursive: true })) !== undefined;
}

/** What happened, in order, without what was said: two runs alike in it go the same way. */
const shapeOf = (events: readonly HistoryEvent[]): string =>
  JSON.stringify([
    typeOf(events),
    ...events.map((event) => [
      event.eventType,
      event.activityTaskScheduledEventAttributes?.activityType?.name,
      event.workflowExecutionSignaledEventAttributes?.signalName,
      event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name,
      localActivityOf(event),
    ]),
  ]);

function localActivityOf({ markerRecordedEventAttributes: marker }: HistoryEvent): string | undefined {
  const data = marker?.details?.['data']?.payloads?.[0]?.data;
  return data ? /"activity_type":"(\w+)"/.exec(Buffer.from(data).toString())?.[1] : undefined;
}

const typeOf = (events: readonly HistoryEvent[]): string | null | undefined =>
  events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name;

/** By some worker. */
const wasTakenUp = (events: readonly HistoryEvent[]): boolean =>
  events.some((event) => event.workflowTaskCompletedEventAttributes);

/** @returns undefined where it is deleted */
async function historyOf(client: Client, { workflowId, runId }: Run): Promise<History | undefined> {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function keep({ workflowId, runId, history }: NamedHistory): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${workflowId.replaceAll(/[^\w.-]/g, '-')}.${runId}.json`);
  await writeFile(path, historyText(history));
  return relative(projectRoot, path);
}

/** All that ran on this test file's task queue of the dev server, whatever worker it was. */
export async function replayFile(): Promise<void> {
  const connection = await Connection.connect({ address: fromSetUp('TEST_TEMPORAL_ADDRESS') });
  try {
    const client = new Client({ connection });
    await replayRuns(client, client.workflow.list({ query: `TaskQueue = '${TASK_QUEUE}'` }));
  } finally {
    await connection.close();
  }
}
