import type { ServerResponse } from 'node:http';
import { TASK_QUEUE } from '../../temporal.config';
import type { notification } from '../../workflows/notification';
import {
  giveUpUpdate,
  handOverSignal,
  notificationStateQuery,
  notificationWorkflowId,
  resendSignal,
  skipUpdate,
} from '../../workflows/notification/messages';
import { nothingKnown } from '../../payin/resume';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { openRecords } from '../../records/open-records';
import type { Records } from '../../records/payin-records';
import { SANDBOX_MERCHANT } from '../../settings';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { fromSetUp, newRequestId, type PayinRig, startRig } from '../machinery/payin-rig';
import { testDatabaseUrl } from '../machinery/postgres';
import { replayAll, type RunToReplay } from '../machinery/replay';
import { leaveUnreplayed } from '../machinery/replay-at-end';
import { waitFor } from '../machinery/wait-for';
import { type EndpointServer, startEndpoint } from '../merchant/endpoint-server';

/**
 * Whatever comes while a local activity is open, a replay of the run goes the same way, though it hears of both at once.
 * A workflow task lasts two seconds here at most: so a query, and the end of the task, come while the activity is open.
 */

const MIA = { who: 'mia', why: 'a test' };
type Handle = ReturnType<typeof handleOf>;

/** What comes while the activity is open. */
const MESSAGES: Readonly<Record<string, (handle: Handle, request_id: string) => Promise<unknown>>> = {
  'a newer event': (handle, request_id) =>
    handle.signal(handOverSignal, { payin: notifiedPayin(request_id), events: [notifiedEvent(3)] }),
  'a resend of all': (handle) => handle.signal(resendSignal, { from: 1 }),
  'giving up': (handle) => handle.executeUpdate(giveUpUpdate, { args: [MIA] }),
  'a skip': (handle) => handle.executeUpdate(skipUpdate, { args: [{ ...MIA, number: 1 }] }),
  Cancel: (handle) => handle.cancel(),
  'Cancel twice, and a resend of all': async (handle) => {
    await handle.cancel();
    await handle.signal(resendSignal, { from: 1 });
    await handle.cancel();
  },
};
const ORDERS = ['query, message, end', 'message, query, end', 'end, message, query'] as const;
/** What the endpoint answers, or the order records: 500 is a failure of theirs, too. */
const ANSWERS = [204, 500, 410] as const;
/** The local activity that is open: the first delivery, the one behind it, or the loading of what is sent again. */
const STEPS = ['deliver', 'deliver the next', 'load'] as const;

/** Each message at each step in each order; each message meets each answer. */
const CASES = STEPS.flatMap((step, offset) =>
  Object.keys(MESSAGES).flatMap((message) =>
    ORDERS.map((order, index) => ({ step, message, order, answer: ANSWERS[(offset + index) % ANSWERS.length] ?? 204 })),
  ),
);
/** Side by side: a worker makes at most fifty calls at once, and a busy one loses tasks. */
const AT_ONCE = 9;

let rig: PayinRig;
let records: Records;
let server: EndpointServer;
/** What is held until a test answers, by request_id. */
const held = new Map<string, (answer: number) => void>();
/** Those whose calls, to the endpoint or to the order records, are held. */
const holds = new Set<string>();

const endpointOf = (index: number) => `shop${index % AT_ONCE}`;

beforeAll(async () => {
  server = await startEndpoint((response: ServerResponse, request) => {
    const [, request_id = '', number = ''] =
      /^(.+)_(\d+)_[0-9a-f]{8}$/.exec(String(request.headers['webhook-id'])) ?? [];
    const answer = (http_status: number) => void response.writeHead(http_status).end();
    if (holds.delete(`${request_id} ${number}`)) held.set(request_id, answer);
    else answer(204);
  });
  records = openRecords({ databaseUrl: await testDatabaseUrl() });
  const endpoints = Array.from({ length: AT_ONCE }, (_, index) => ({
    name: endpointOf(index),
    url: server.url,
    secrets: [SANDBOX_MERCHANT.secret],
    allowPrivate: true,
  }));
  rig = await startRig({ endpoints, records: { ...records, find: heldFind } });
});
afterAll(async () => {
  await rig.close();
  await server.close();
});

const heldFind: Records['find'] = async (request_id) => {
  if (holds.delete(`${request_id} load`)) {
    const answer = await new Promise<number>((resolve) => held.set(request_id, resolve));
    if (answer !== 204) throw new Error('the database is down');
  }
  return records.find(request_id);
};

const handleOf = (request_id: string, endpoint: string) =>
  rig.client.workflow.getHandle<typeof notification>(notificationWorkflowId(request_id, endpoint));

for (let start = 0; start < CASES.length; start += AT_ONCE) {
  const cases = CASES.slice(start, start + AT_ONCE);
  it(`replays: ${cases[0]?.step}, cases ${start} to ${start + cases.length - 1}`, async () => {
    const played = await Promise.all(
      cases.map(async (one, index) => {
        for (let tries = 0; tries < 3; tries += 1) {
          const went = await play(one, endpointOf(index));
          if (went) return [{ one, ...went }];
        }
        return [];
      }),
    );
    const problems = await replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), played.flat());
    expect(played.flat().filter((_one, index) => problems[index])).toEqual([]);
    for (const { workflowId } of played.flat()) leaveUnreplayed(workflowId);
  });
}

/** @returns undefined where the run did not go as planned: a busy machine loses tasks, and then other things happen */
async function play(
  { step, message, order, answer }: (typeof CASES)[number],
  endpoint: string,
): Promise<RunToReplay | undefined> {
  const request_id = newRequestId();
  const payin = notifiedPayin(request_id);
  const events = [notifiedEvent(1), notifiedEvent(2)];
  await records.record({
    payin,
    facts: nothingKnown(request_id, DEFAULT_POLL_SCHEDULE, 0),
    last_event: 2,
    recorded: 0,
    events,
  });
  holds.add(`${request_id} ${step === 'load' ? 'load' : step === 'deliver' ? 1 : 2}`);
  const [signal, signalArgs]: [string, unknown[]] =
    step === 'load' ? ['resend', [{ from: 1 }]] : ['notify', [{ payin, events }]];
  const handle = handleOf(request_id, endpoint);
  await rig.client.workflow.signalWithStart('notification', {
    workflowId: handle.workflowId,
    taskQueue: TASK_QUEUE,
    args: [{ request_id, endpoint }],
    signal,
    signalArgs,
    workflowTaskTimeout: '2 seconds',
  });
  await waitFor(() => held.has(request_id), { what: 'the local activity' });

  const asked: Promise<unknown>[] = [];
  const acts: Readonly<Record<string, () => Promise<void>>> = {
    async query() {
      asked.push(handle.query(notificationStateQuery).catch(() => undefined));
    },
    async message() {
      const before = await tasks(handle);
      // Refused where nothing is left to give up.
      asked.push((MESSAGES[message]?.(handle, request_id) ?? Promise.resolve()).catch(() => undefined));
      // A worker that lost its task tries again, is answered at once, and the run is over: no other task comes.
      const comes = async () => (await tasks(handle)) > before || (await hasEnded(handle));
      if (order.endsWith('end')) await waitFor(comes, { what: 'another task' });
    },
    async end() {
      held.get(request_id)?.(answer);
      held.delete(request_id);
    },
  };
  for (const act of order.split(', ')) await acts[act]?.();
  await Promise.all(asked);
  const ended = async () => {
    if (await hasEnded(handle)) return true;
    // After 410 somebody must say so.
    if (await isGone(handle)) await handle.signal(resendSignal, {}).catch(() => undefined);
    return false;
  };
  await waitFor(ended, { what: 'the end' });
  const history = await handle.fetchHistory();
  const hasLostATask = history.events?.some((event) => event.workflowTaskTimedOutEventAttributes);
  return hasLostATask ? undefined : { workflowId: handle.workflowId, history };
}

const hasEnded = async (handle: Handle): Promise<boolean> => (await handle.describe()).status.name === 'COMPLETED';

const isGone = async (handle: Handle): Promise<boolean> => {
  const { trouble } = await handle.query(notificationStateQuery).catch(() => ({ trouble: undefined }));
  return trouble === 'gone';
};

/** How many workflow tasks were started. */
async function tasks(handle: Handle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskStartedEventAttributes).length;
}
