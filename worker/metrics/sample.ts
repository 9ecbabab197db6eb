import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Records } from '../../records/payin-records';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../../temporal.config';
import { NOTIFICATION_WORKFLOW } from '../../workflows/notification/messages';
import { PAYIN_WORKFLOW } from '../../workflows/payin/messages';
import { UNMATCHED_ORDER_WORKFLOW } from '../../workflows/unmatched/messages';
import { ALERT_CODES, OPEN_STATUSES, type Metrics } from './metrics';

export interface SampleDeps {
  readonly client: Client;
  readonly records: { readonly reconciliations: Pick<Records['reconciliations'], 'list'> };
  readonly metrics: Metrics;
  readonly logger: Pick<Logger, 'warn'>;
}

/** For all counts of a sample together. */
const TIMEOUT_MS = 10_000;
/** Reports that are read: two schedules, and a failed one now and then. */
const REPORTS = 20;

const OPEN = `TaskQueue = '${TASK_QUEUE}' AND CloseTime IS NULL`;
const ATTENTION = SEARCH_ATTRIBUTES.needsAttention.name;
const STATUS = SEARCH_ATTRIBUTES.payinStatus.name;
const ALERTS = SEARCH_ATTRIBUTES.payinAlerts.name;
const openOf = (type: string) => `WorkflowType = '${type}' AND ${OPEN}`;
const AGES = { '0s': 0, '5m': 300_000, '1h': 3_600_000, '1d': 86_400_000 } as const;

/**
 * Reads, now and at each interval, what no single worker knows: open pay-ins, alerts, undelivered notifications, stuck runs,
 * the last reconciliation. A sample is 12 counts of Temporal's visibility, 31 at most, one after the other, and one small
 * query of the order records (docs/metrics.md).
 * @returns stops it, and resolves when a running sample has ended
 */
export function sampleEvery(intervalMs: number, deps: SampleDeps): () => Promise<void> {
  const stopping = new AbortController();
  const isStopped = () => stopping.signal.aborted;
  let running: Promise<unknown> = Promise.resolve();
  let inProgress = false;
  const sample = () => {
    // A slow one is not overtaken.
    if (inProgress) return;
    inProgress = true;
    running = sampleOnce(deps, isStopped).finally(() => (inProgress = false));
  };
  const timer = setInterval(sample, intervalMs);
  sample();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  };
}

/** The process's own figures, at each interval: they cost nothing. */
export function watchProcess(intervalMs: number, { memory, loopDelay }: Metrics): () => void {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const read = () => {
    memory.set(process.memoryUsage.rss());
    loopDelay.set(delay.count === 0 ? 0 : delay.max / 1e9);
    delay.reset();
  };
  const timer = setInterval(read, intervalMs);
  read();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

async function sampleOnce({ client, records, metrics, logger }: SampleDeps, isStopped: () => boolean): Promise<void> {
  const parts = {
    temporal: () => client.withDeadline(Date.now() + TIMEOUT_MS, () => countRuns(client, metrics, isStopped)),
    records: () => readReports(records, metrics),
  };
  for (const [source, read] of Object.entries(parts)) {
    if (isStopped()) return;
    try {
      await read();
      metrics.sampled.set(Date.now() / 1_000, { source });
    } catch (error) {
      // The metrics keep their values, and `sample_timestamp_seconds` shows how old they are.
      if (!isStopped()) logger.warn({ err: error, source }, 'the metrics could not be sampled');
    }
  }
}

async function countRuns(client: Client, metrics: Metrics, isStopped: () => boolean): Promise<void> {
  const count = async (query: string): Promise<number> =>
    isStopped() ? 0 : (await client.workflow.count(query)).count;

  for (const status of OPEN_STATUSES)
    metrics.open.set(await count(`${openOf(PAYIN_WORKFLOW)} AND ${STATUS} = '${status}'`), { status });
  const outcomes = OPEN_STATUSES.map((status) => `${STATUS} != '${status}'`).join(' AND ');
  metrics.unpublished.set(await count(`${openOf(PAYIN_WORKFLOW)} AND ${ATTENTION} = false AND ${outcomes}`));

  for (const workflow_type of [NOTIFICATION_WORKFLOW, UNMATCHED_ORDER_WORKFLOW])
    metrics.attention.set(await count(`${openOf(workflow_type)} AND ${ATTENTION} = true`), { workflow_type });
  const flagged = await count(`${openOf(PAYIN_WORKFLOW)} AND ${ATTENTION} = true`);
  metrics.attention.set(flagged, { workflow_type: PAYIN_WORKFLOW });
  for (const code of ALERT_CODES) {
    const open = flagged === 0 ? 0 : await count(`${openOf(PAYIN_WORKFLOW)} AND ${ALERTS} = '${code}'`);
    metrics.openAlerts.set(open, { code });
  }

  let waiting: number | undefined;
  for (const [older_than, ms] of Object.entries(AGES)) {
    const before = `StartTime <= '${new Date(Date.now() - ms).toISOString()}'`;
    waiting = waiting === 0 ? 0 : await count(`${openOf(NOTIFICATION_WORKFLOW)} AND ${before}`);
    metrics.waiting.set(waiting, { older_than });
  }
  metrics.stuck.set(await count(`${OPEN} AND TemporalReportedProblems IS NOT NULL`), { why: 'tasks_fail' });
  metrics.stuck.set(await count(`${OPEN} AND TemporalPauseInfo IS NOT NULL`), { why: 'paused' });
}

async function readReports(
  { reconciliations }: SampleDeps['records'],
  { lastReconciled, unflagged }: Metrics,
): Promise<void> {
  const ended = (await reconciliations.list(REPORTS)).filter(({ outcome }) => outcome === 'complete');
  const [newest] = ended;
  lastReconciled.set(newest?.finished_at === undefined ? 0 : Date.parse(newest.finished_at) / 1_000);
  unflagged.set(Object.values(newest?.counts.unflagged ?? {}).reduce((sum, count) => sum + count, 0));
}
