import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { SingleBar } from 'cli-progress';
import { z } from 'zod';
import { reconciliationResult, type ReconciliationHandle } from '../client/reconcile';
import { progressQuery, type ReconciliationResult } from '../workflows/reconciliation/messages';
import { pausedInWords, pausedOf } from './paused';

const LOOK_MS = 500;
/** How long a worker may take to answer the progress query, ms. */
const QUERY_MS = 2_000;

/** The heartbeat details of the activity that reads Lesspay's list page by page. */
const heartbeat = z.object({ rows: z.number(), total: z.number().optional(), differences: z.number() });

/**
 * Shows the progress of a reconciliation until it ends: a bar on a terminal, otherwise a line for each step.
 * @returns its result, also when the workflow failed because the reconciliation was not complete
 */
export async function follow(client: Client, handle: ReconciliationHandle): Promise<ReconciliationResult> {
  const display = process.stderr.isTTY ? bar() : lines();
  const result = reconciliationResult(handle);
  try {
    while ((await Promise.race([result, pause(LOOK_MS)])) === undefined) display.show(await progressOf(client, handle));
    return await result;
  } finally {
    display.end();
  }
}

interface Shown {
  readonly step: string;
  readonly rows: number;
  readonly total?: number | undefined;
  readonly differences: number;
}

async function progressOf(client: Client, handle: ReconciliationHandle): Promise<Shown> {
  const [step, description] = await Promise.all([stepOf(client, handle), handle.describe()]);
  const paused = pausedOf(description);
  const beat = await heartbeatOf(client, description);
  return { step: paused ? pausedInWords(paused) : step, rows: 0, differences: 0, ...beat };
}

async function stepOf(client: Client, handle: ReconciliationHandle): Promise<string> {
  try {
    const { step, part, parts } = await client.withDeadline(Date.now() + QUERY_MS, () => handle.query(progressQuery));
    return parts > 1 ? `${step}, part ${part} of ${parts}` : step;
  } catch {
    return 'no worker answers';
  }
}

async function heartbeatOf(client: Client, { raw }: WorkflowExecutionDescription) {
  const payloads = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads;
  const [details] = await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  return heartbeat.safeParse(details).data;
}

interface Display {
  show(progress: Shown): void;
  end(): void;
}

function bar(): Display {
  const bar = new SingleBar({
    format: '{bar} {value} of {of} orders, {differences} differences, {step}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
  });
  bar.start(1, 0, { of: '?', differences: 0, step: 'starting' });
  let rows = 0;
  return {
    show(progress) {
      // The heartbeat details are gone when their activity ends: the count must not go back.
      rows = Math.max(rows, progress.rows);
      const { total = rows, differences, step } = progress;
      bar.setTotal(Math.max(total, rows, 1));
      bar.update(rows, { of: progress.total ?? '?', differences, step });
    },
    end: () => bar.stop(),
  };
}

function lines(): Display {
  let last = '';
  return {
    show({ step }) {
      if (step !== last) console.error(`${step} ...`);
      last = step;
    },
    end: () => undefined,
  };
}
