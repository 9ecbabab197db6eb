import type { Client } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { TASK_QUEUE } from '../temporal.config';
import { askTemporal } from './ask-temporal';

const TIMEOUT_MS = 2_000;
const POLLERS_TIMEOUT_MS = 1_000;

/** Alive: the process answers. */
export const alive: RequestHandler = (_req, res) => {
  res.json({ status: 'ok' });
};

/**
 * Ready: Temporal answers for our namespace. Workers are told of and nothing more: without them pay-ins still start
 * and webhooks are still taken. Probes that come while one is under way share its answer.
 */
export function ready(client: Client): RequestHandler {
  let underWay: ReturnType<typeof look> | undefined;
  return async (_req, res) => {
    underWay ??= look(client).finally(() => (underWay = undefined));
    res.json({ status: 'ready', temporal: 'up', workers: await underWay });
  };
}

/** @throws Problem temporal_unavailable */
async function look(client: Client) {
  const { namespace } = client.options;
  const pollers = countPollers(client);
  try {
    await askTemporal(client, TIMEOUT_MS, () => client.workflowService.describeNamespace({ namespace }));
  } finally {
    // It settles before the answer, lest a try outlive it (`askTemporal`).
    await pollers;
  }
  return { task_queue: TASK_QUEUE, pollers: await pollers };
}

/** How many pollers for workflows the task queue has seen in the last minutes; `null` when Temporal can't say. */
async function countPollers(client: Client): Promise<number | null> {
  const request = { namespace: client.options.namespace, taskQueue: { name: TASK_QUEUE } };
  return askTemporal(client, POLLERS_TIMEOUT_MS, () => client.workflowService.describeTaskQueue(request)).then(
    ({ pollers }) => pollers.length,
    () => null,
  );
}
