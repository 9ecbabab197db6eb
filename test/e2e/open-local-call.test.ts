import { setTimeout as pause } from 'node:timers/promises';
import type { Info } from '@temporalio/activity';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { replayAll, type RunToReplay } from '../machinery/replay';
import { leaveUnreplayed } from '../machinery/replay-at-end';
import { waitFor } from '../machinery/wait-for';
import { stateQuery } from '../../workflows/payin/messages';
import { type ChangedBundles, changedBundles } from './changed-bundle';
import type { History } from './parked-at';
import { replay } from './saved-history';

/**
 * A local activity is under way, and meanwhile its workflow task ends and messages come: live they are handed out apart,
 * in a replay together. Whatever came while whichever local activity was open, the run replays.
 */

const MIA = { who: 'mia', why: 'a test' };

type Message = (rig: PayinRig, request_id: string) => Promise<unknown>;

const MESSAGES: Readonly<Record<string, Message>> = {
  query: (rig, request_id) => rig.handle(request_id).query(stateQuery),
  wake: (rig, request_id) => rig.handle(request_id).signal('wake', MIA),
  webhook: (rig, request_id) => rig.sandbox.webhooks.send({ request_id, status: 'CLOSED' }),
  dispute: async (rig, request_id) =>
    rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'fraudulent' }),
  update: (rig, request_id) => rig.handle(request_id).executeUpdate('stopWatching', { args: [MIA] }),
  acknowledge: (rig, request_id) => rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] }),
};

/** In both orders, with a query first and last. */
const ORDERS: readonly (readonly string[])[] = [
  ['query', 'wake', 'query'],
  ['wake', 'query', 'wake'],
  ['query', 'dispute', 'query', 'update'],
  ['update', 'query', 'dispute', 'acknowledge', 'query'],
  ['webhook', 'query', 'webhook'],
  ['dispute', 'query', 'acknowledge', 'query', 'webhook'],
];

/** More than a pay-in makes in its life. */
const LOCAL_CALLS = 8;

let rig: PayinRig;
/** What comes while the local activity of that number is open, by workflow id. */
const plans = new Map<string, { left: number; readonly messages: readonly string[] }>();
const late: Promise<unknown>[] = [];
const lives: RunToReplay[] = [];

beforeAll(async () => {
  rig = await startRig({ beforeActivity: interfere });
});
afterAll(() => rig.close());

async function interfere({ isLocal, workflowExecution }: Info): Promise<void> {
  const plan = isLocal && workflowExecution ? plans.get(workflowExecution.workflowId) : undefined;
  if (!plan || plan.left-- !== 0) return;
  const request_id = workflowExecution?.workflowId.replace('payin-', '') ?? '';
  for (const name of plan.messages) {
    // Some are refused where they make no sense, and a query may wait for the task that is open.
    late.push((MESSAGES[name] ?? fail)(rig, request_id).catch(() => undefined));
    await pause(40);
  }
}

const fail = (): Promise<never> => Promise.reject(new Error('no such message'));

it.each(ORDERS.map((messages) => ({ messages, name: messages.join(', ') })))(
  'ends with the payment where $name came while a local activity was open, whichever it was',
  async ({ messages }) => {
    const these = await Promise.all(Array.from({ length: LOCAL_CALLS }, (_none, left) => live(left, messages)));
    expect(these).toHaveLength(LOCAL_CALLS);
    lives.push(...these);
  },
);

it('replays in each of these cases', async () => {
  expect(lives).toHaveLength(ORDERS.length * LOCAL_CALLS);
  expect(await replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), lives)).toEqual(lives.map(() => undefined));
  for (const { workflowId } of lives) leaveUnreplayed(workflowId);
});

async function live(left: number, messages: readonly string[]): Promise<RunToReplay> {
  const request_id = newRequestId();
  plans.set(`payin-${request_id}`, { left, messages });
  await rig.post(requestOf(request_id));
  await rig.handle(request_id).signal('wake', MIA);
  late.push(
    rig
      .handle(request_id)
      .query(stateQuery)
      .catch(() => undefined),
  );
  rig.sandbox.orders.act(request_id, 'pay');
  late.push(
    rig
      .handle(request_id)
      .query(stateQuery)
      .catch(() => undefined),
  );
  await waitFor(async () => (await rig.state(request_id)).status === 'SUCCEED', {
    what: 'the payment',
  });
  await Promise.all(late);
  expectInOrder(request_id);
  const handle = rig.handle(request_id);
  await handle.terminate('the test is over').catch(() => undefined);
  return { workflowId: handle.workflowId, history: await handle.fetchHistory() };
}

/** A repeated step may send an event again, but none before the events before it. */
function expectInOrder(request_id: string): void {
  const numbers = [...new Set(rig.sandbox.merchant.received(request_id).map(({ number }) => number))];
  expect(numbers).toEqual([...numbers].sort((one, other) => Number(one) - Number(other)));
}

describe('where a query is answered at the moment in which a local activity ends', () => {
  let bundles: ChangedBundles;
  /** Answers so slowly that the local activity ends, and a message comes, meanwhile. */
  let slow: string;
  beforeAll(async () => {
    bundles = await changedBundles();
    slow = await bundles.bundleWith(
      'workflows/payin/listen.ts',
      '    return run.state();\n  });\n',
      '    for (let turn = 0, sum = 0; turn < 40_000_000; turn += 1) sum += turn % 7;\n    return run.state();\n  });\n',
    );
  });
  afterAll(() => bundles.remove());

  it.each(['update', 'dispute', 'webhook'])(
    'the task is repeated, and the run replays, if then comes: %s',
    async (name) => {
      const histories: History[] = [];
      for (let tries = 0; tries < 8 && !histories.some(wasRepeated); tries += 1) histories.push(await meet(name));
      for (const history of histories)
        await expect(replay(fromSetUp('TEST_WORKFLOW_BUNDLE'), history)).resolves.toBeUndefined();
      expect(histories.some(wasRepeated)).toBe(true);
    },
    180_000,
  );

  async function meet(name: string): Promise<History> {
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    await rig.stopWorker();
    // A task that brings a hint and a query. The first local activity after it asks Lesspay.
    await rig.handle(request_id).signal('wake', MIA);
    const asked = rig.handle(request_id).query(stateQuery);
    asked.catch(() => undefined);
    plans.set(`payin-${request_id}`, { left: 0, messages: [] });
    await rig.startWorker(slow);
    await waitFor(() => (plans.get(`payin-${request_id}`)?.left ?? 0) < 0, { what: 'the local activity' });
    await (MESSAGES[name] ?? fail)(rig, request_id);
    await asked;
    await rig.stopWorker();
    await rig.startWorker();
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await rig.state(request_id)).status === 'SUCCEED', { what: 'the payment' });
    return rig.handle(request_id).fetchHistory();
  }
});

const wasRepeated = ({ events }: History): boolean =>
  (events ?? []).some(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.failure?.message?.startsWith('a local activity ended together with messages'),
  );
