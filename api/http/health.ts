import type { Client } from '@temporalio/client';
import type { RequestHandler } from 'express';
import type { Records } from '../../records/payin-records';
import { TASK_QUEUE } from '../../temporal.config';
import { askRecords } from '../payins/ask-records';
import { askTemporal } from '../payins/ask-temporal';

const TIMEOUT_MS = 2_000;
const POLLERS_TIMEOUT_MS = 1_000;
const DATABASE_TIMEOUT_MS = 1_000;

/** Alive: the process answers. */
export const alive: RequestHandler = (_req, res) => {
  res.json({ status: 'ok' });
};

/**
 * Ready: Temporal answers for our namespace. Workers and the database are told of and nothing more: without them
 * pay-ins still start and webhooks are still taken. Probes that come while one is under way share its answer.
 */
export function ready(client: Client, records: Records): RequestHandler {
  let underWay: ReturnType<typeof look> | undefined;
  return async (_req, res) => {
    underWay ??= look(client, records).finally(() => (underWay = undefined));
    res.json({ status: 'ready', temporal: 'up', ...(await underWay) });
  };
}

/** @throws Problem temporal_unavailable */
async function look(client: Client, records: Records) {
  const { namespace } = client.options;
  const pollers = countPollers(client);
  const database = lookAtDatabase(records);
  try {
    await askTemporal(client, TIMEOUT_MS, () => client.workflowService.describeNamespace({ namespace }));
  } finally {
    // It settles before the answer, lest a try outlive it (`askTemporal`).
    await pollers;
  }
  return { database: await database, workers: { task_queue: TASK_QUEUE, pollers: await pollers } };
}

/** How many pollers for workflows the task queue has seen in the last minutes; `null` when Temporal can't say. */
async function countPollers(client: Client): Promise<number | null> {
  const request = { namespace: client.options.namespace, taskQueue: { name: TASK_QUEUE } };
  return askTemporal(client, POLLERS_TIMEOUT_MS, () => client.workflowService.describeTaskQueue(request)).then(
    ({ pollers }) => pollers.length,
    () => null,
  );
}

const lookAtDatabase = (records: Records): Promise<'up' | 'down'> =>
  askRecords(DATABASE_TIMEOUT_MS, records.ping()).then(
    () => 'up',
    () => 'down',
  );
