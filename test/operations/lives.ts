import { setTimeout as pause } from 'node:timers/promises';
import { SANDBOX_MERCHANT } from '../../settings';
import { RECONCILIATION_WORKFLOW, type ReconciliationInput } from '../../workflows/reconciliation/messages';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { TASK_QUEUE } from '../../temporal.config';
import { type Ground, until } from './ground';

/** One way a run can go, and what the world does meanwhile. */
export interface Life {
  /** Whose steps are gone through. */
  readonly of: 'pay-in' | 'notification' | 'reconciliation';
  /** Brings the run into being. */
  readonly begin: (ground: Ground, id: string) => Promise<void>;
  /** What the payer, Lesspay and the people do; given up when nothing more can come of it. */
  readonly go: (ground: Ground, id: string, enough: AbortSignal) => Promise<void>;
  /** The alerts that come of it, and are acknowledged. */
  readonly alerts?: readonly string[];
  /** How many create-orders are sent, where not one. */
  readonly creates?: number;
  /** No webhook comes by itself. */
  readonly quiet?: true;
  /** The worker does not reach its order records meanwhile. */
  readonly recordsDown?: true;
}

export const subjectOf = ({ of }: Life, id: string): string =>
  of === 'pay-in'
    ? payinWorkflowId(id)
    : of === 'notification'
      ? notificationWorkflowId(id, SANDBOX_MERCHANT.name)
      : `reconciliation-${id}`;

/** So long each call to Lesspay takes, so that an operator can come while it is under way. */
const slow = (ground: Ground, request_id: string) => {
  ground.fault({ on: 'query', request_id, answer_delay_ms: 150, times: null });
  ground.fault({ on: 'create', request_id, answer_delay_ms: 150, times: null });
};

async function payTheOrder(ground: Ground, id: string, enough: AbortSignal): Promise<boolean> {
  const there = await until(() => ground.hasOrder(id), { enough });
  if (there) ground.pay(id);
  return there;
}

const go: Life['go'] = async (ground, id, enough) => void (await payTheOrder(ground, id, enough));

async function paidAndEnded(ground: Ground, id: string): Promise<void> {
  slow(ground, id);
  await ground.startPayin(id);
  await payTheOrder(ground, id, new AbortController().signal);
  const ended = async () => (await ground.rig.handle(id).describe()).status.name === 'COMPLETED';
  if (!(await until(ended))) throw new Error(`${id} does not end`);
}

const needsAttention = async (ground: Ground, id: string) => (await ground.state(id))?.needs_attention;

/** Webhooks of this many orders are never sent, and the reconciliation finds them without a pay-in of ours. */
const PAGES = 3;
const ROWS = 500;

export const LIVES: Readonly<Record<string, Life>> = {
  'a webhook comes first': {
    of: 'pay-in',
    begin: (ground, id) => (slow(ground, id), ground.startPayin(id)),
    go,
  },
  'no webhook comes': {
    of: 'pay-in',
    quiet: true,
    begin(ground, id) {
      slow(ground, id);
      ground.fault({ on: 'webhook', request_id: id, lose: true, times: null });
      return ground.startPayin(id, 1_500);
    },
    go,
  },
  'wrong credentials': {
    of: 'pay-in',
    creates: 2,
    alerts: ['credentials'],
    begin(ground, id) {
      ground.fault({ on: 'create', request_id: id, http_status: 401, delay_ms: 150 });
      slow(ground, id);
      return ground.startPayin(id);
    },
    async go(ground, id, enough) {
      const flagged = () => needsAttention(ground, id);
      if (!(await until(flagged, { enough }))) return;
      await ground.wake(id);
      await payTheOrder(ground, id, enough);
      const settled = async () => {
        await ground.acknowledge(id, ['credentials']);
        return !(await needsAttention(ground, id));
      };
      await until(settled, { enough, ms: 10_000 });
    },
  },
  'create-order in doubt': {
    of: 'pay-in',
    begin(ground, id) {
      ground.fault({ on: 'create', request_id: id, answer_delay_ms: 600, drop: 'after' });
      slow(ground, id);
      return ground.startPayin(id);
    },
    go,
  },
  'create-order slow': {
    of: 'pay-in',
    begin(ground, id) {
      ground.fault({ on: 'create', request_id: id, delay_ms: 1_500 });
      slow(ground, id);
      return ground.startPayin(id);
    },
    go,
  },
  'Lesspay down when asked': {
    of: 'pay-in',
    begin: (ground, id) => ground.startPayin(id),
    async go(ground, id, enough) {
      const fault = ground.fault({ on: 'query', request_id: id, http_status: 500, times: null });
      await payTheOrder(ground, id, enough);
      await pause(3_500);
      ground.rig.sandbox.faults.remove(fault);
    },
  },
  'woken after its end': {
    of: 'pay-in',
    async begin(ground, id) {
      await paidAndEnded(ground, id);
      await ground.wake(id);
    },
    go: () => Promise.resolve(),
  },
  'woken with an open alert after its end': {
    of: 'pay-in',
    alerts: ['dispute_received'],
    async begin(ground, id) {
      await paidAndEnded(ground, id);
      ground.rig.sandbox.orders.report(id, { event: 'dispute_received', category: 'fraudulent' });
      const resumed = async () => (await ground.rig.handle(id).describe()).status.name === 'RUNNING';
      if (!(await until(resumed))) throw new Error(`${id} is not resumed`);
    },
    async go(ground, id, enough) {
      await until(() => needsAttention(ground, id), { enough });
      await ground.wake(id);
      await pause(1_000);
      const settled = async () => {
        await ground.acknowledge(id, ['dispute_received']);
        return !(await needsAttention(ground, id));
      };
      await until(settled, { enough, ms: 10_000 });
    },
  },
  'order records down': {
    of: 'pay-in',
    recordsDown: true,
    begin: (ground, id) => (slow(ground, id), ground.startPayin(id)),
    async go(ground, id, enough) {
      if (!(await payTheOrder(ground, id, enough))) return;
      await until(async () => (await ground.state(id))?.status === 'SUCCEED', { enough, ms: 10_000 });
    },
  },
  'a notification': {
    of: 'notification',
    async begin(ground, id) {
      // The pay-in's own try.
      ground.fault({ on: 'notification', request_id: id, http_status: 500, times: 1 });
      await LIVES['a webhook comes first']?.begin(ground, id);
      await notificationRuns(ground, id);
    },
    go,
  },
  'a notification, endpoint down': {
    of: 'notification',
    async begin(ground, id) {
      ground.fault({ on: 'notification', request_id: id, http_status: 500, delay_ms: 200, times: 3 });
      await LIVES['a webhook comes first']?.begin(ground, id);
      await notificationRuns(ground, id);
    },
    go,
  },
  'a reconciliation of some pages': {
    of: 'reconciliation',
    async begin(ground, id) {
      const [from, to] = seededOrders(ground);
      const input: ReconciliationInput = { range: { from, to }, by: 'a test', give_up_after_ms: 120_000 };
      await ground.rig.client.workflow.start(RECONCILIATION_WORKFLOW, {
        workflowId: `reconciliation-${id}`,
        taskQueue: TASK_QUEUE,
        args: [input],
      });
    },
    go: () => Promise.resolve(),
  },
};

async function notificationRuns(ground: Ground, id: string): Promise<void> {
  const handle = ground.rig.client.workflow.getHandle(notificationWorkflowId(id, SANDBOX_MERCHANT.name));
  if (!(await until(() => handle.describe()))) throw new Error(`${id} is not notified of`);
}

export const SEEDED = PAGES * ROWS - 100;

/** Orders of some day, once, which nobody can take for ours. */
function seededOrders({ rig: { sandbox } }: Ground): [from: number, to: number] {
  const day = Date.parse('2026-01-15T00:00:00Z');
  if (!sandbox.orders.list().some(({ request_id }) => request_id === 'not/ours/0'))
    sandbox.orders.seed(
      Array.from({ length: SEEDED }, (_none, index) => ({
        request_id: `not/ours/${index}`,
        status: 'SUCCEED' as const,
        created_at: day + index * 1_000,
      })),
    );
  return [day - 3_600_000, day + 86_400_000];
}
