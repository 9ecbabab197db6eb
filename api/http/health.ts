import type { Client } from '@temporalio/client';
import type { RequestHandler } from 'express';
import type { Records } from '../../records/payin-records';
import { TASK_QUEUE } from '../../temporal.config';
import { askRecords } from '../payins/ask-records';
import { askTemporal } from '../payins/ask-temporal';

const TIMEOUT_MS = 2_000;
const POLLERS_TIMEOUT_MS = 1_000;
const DATABASE_TIMEOUT_MS = 1_000;

/** `GET /healthz`: the process is alive. */
export const alive: RequestHandler = (_req, res) => {
  res.json({ status: 'ok' });
};

/**
 * `GET /readyz`: ready means that Temporal answers for our namespace. The answer also shows the workers and the database,
 * but does not depend on them: without them the API still starts pay-ins and accepts webhooks. Simultaneous probes share one
 * check.
 */
export function ready(client: Client, records?: Records): RequestHandler {
  let inProgress: ReturnType<typeof check> | undefined;
  return async (_req, res) => {
    inProgress ??= check(client, records).finally(() => (inProgress = undefined));
    res.json({ status: 'ready', temporal: 'up', ...(await inProgress) });
  };
}

/** @throws Problem temporal_unavailable */
async function check(client: Client, records: Records | undefined) {
  const { namespace } = client.options;
  const pollers = countPollers(client);
  const database = records && checkDatabase(records);
  try {
    await askTemporal(client, TIMEOUT_MS, () => client.workflowService.describeNamespace({ namespace }));
  } finally {
    // No call to Temporal may go on after the answer (`askTemporal`).
    await pollers;
  }
  return {
    ...(database ? { database: await database } : {}),
    workers: { task_queue: TASK_QUEUE, pollers: await pollers },
  };
}

/** How many pollers for workflow tasks the task queue had in the last minutes; `null` where Temporal does not answer. */
async function countPollers(client: Client): Promise<number | null> {
  const request = { namespace: client.options.namespace, taskQueue: { name: TASK_QUEUE } };
  return askTemporal(client, POLLERS_TIMEOUT_MS, () => client.workflowService.describeTaskQueue(request)).then(
    ({ pollers }) => pollers.length,
    () => null,
  );
}

const checkDatabase = (records: Records): Promise<'up' | 'down'> =>
  askRecords(DATABASE_TIMEOUT_MS, records.ping()).then(
    () => 'up',
    () => 'down',
  );
