import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { waitFor } from '../../test/machinery/wait-for';

/** Resolves when each of these worker processes asks Temporal for tasks. Temporal lists pollers by process and machine. */
export async function workersPoll(client: Client, taskQueue: string, pids: readonly number[]): Promise<void> {
  const wanted = pids.map((pid) => `${pid}@${hostname()}`);
  const areListed = async () => {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: 1,
    });
    return wanted.every((identity) => pollers?.some((poller) => poller.identity === identity));
  };
  await waitFor(areListed, { restMs: 100, what: 'a worker' });
}
