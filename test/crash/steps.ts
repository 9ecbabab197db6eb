import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { payinWorkflowId } from '../../workflows/payin/messages';
import type { StackProcesses } from './stack-processes';

/** A moment in the life of a pay-in, in which many of them can be caught at once. */
export interface Step {
  /** What makes the pay-ins come there. */
  readonly reachedBy: 'starting' | 'paying';
  /** Holds back what would let them pass. */
  hold(stack: StackProcesses): void;
  /** Waits until all are there, or for a while; how many are. */
  caught(stack: StackProcesses, request_ids: readonly string[]): Promise<number>;
}

/** How long the last of the pay-ins may take to come there, ms. */
const LIMIT_MS = 25_000;
/** With this long nothing new, all have said what they had to say, ms. */
const QUIET_MS = 400;

export const STEP_NAMES = [
  'before create-order',
  'after create-order',
  'signal unacknowledged',
  'during query',
  'before completion',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

export const STEPS: Readonly<Record<StepName, Step>> = {
  /** The worker has sent create-order, Lesspay has not got it. */
  'before create-order': {
    reachedBy: 'starting',
    hold: ({ wires }) => wires.workerToLesspay.hold('requests'),
    caught: onTheWay,
  },
  /** Lesspay has made the order and answered, the worker has not got the answer. */
  'after create-order': {
    reachedBy: 'starting',
    hold: ({ wires }) => wires.workerToLesspay.hold('answers'),
    caught: onTheWay,
  },
  /** Temporal has taken the webhook's signal, the API does not know yet, and nobody has acted on it. */
  'signal unacknowledged': {
    reachedBy: 'paying',
    hold({ wires }) {
      wires.apiToTemporal.hold('answers');
      wires.workerToTemporal.hold('answers');
    },
    caught: ({ client }, request_ids) => {
      const missing = new Set(request_ids);
      return allOf(request_ids.length, async () => {
        await Promise.all([...missing].map(async (id) => (await isSignaled(client, id)) && missing.delete(id)));
        return request_ids.length - missing.size;
      });
    },
  },
  /** Lesspay has been asked, the worker has no answer. */
  'during query': {
    reachedBy: 'paying',
    hold: ({ wires }) => wires.workerToLesspay.hold('answers'),
    caught: onTheWay,
  },
  /** The worker has Lesspay's answer and says so to Temporal, which has not got it. */
  'before completion': {
    reachedBy: 'paying',
    hold: ({ wires }) => wires.workerToLesspay.hold('answers'),
    async caught(stack, request_ids) {
      const { workerToLesspay, workerToTemporal } = stack.wires;
      const asked = await onTheWay(stack, request_ids);
      workerToTemporal.hold('requests');
      workerToLesspay.release();
      await quiet(() => workerToTemporal.heldBytes);
      const running = await Promise.all(request_ids.map((id) => isRunning(stack.client, id)));
      return Math.min(asked, running.filter(Boolean).length);
    },
  },
};

/** Each call to Lesspay has a connection of its own. */
function onTheWay({ wires }: StackProcesses, request_ids: readonly string[]): Promise<number> {
  return allOf(request_ids.length, () => wires.workerToLesspay.waiting);
}

async function allOf(all: number, count: () => number | Promise<number>): Promise<number> {
  for (const until = Date.now() + LIMIT_MS; ; await sleep(50)) {
    const now = await count();
    if (now >= all || Date.now() >= until) return now;
  }
}

async function quiet(measure: () => number): Promise<void> {
  for (let before = -1, now = measure(); now !== before; now = measure()) {
    before = now;
    await sleep(QUIET_MS);
  }
}

async function isSignaled(client: Client, request_id: string): Promise<boolean> {
  const { events } = await client.workflow.getHandle(payinWorkflowId(request_id)).fetchHistory();
  return (events ?? []).some(({ workflowExecutionSignaledEventAttributes: signaled }) => signaled);
}

async function isRunning(client: Client, request_id: string): Promise<boolean> {
  return (await client.workflow.getHandle(payinWorkflowId(request_id)).describe()).status.name === 'RUNNING';
}
