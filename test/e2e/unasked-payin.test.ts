import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { wakePayin } from '../../client';
import { webhookSignature } from '../../lesspay/signature';
import { RecordsUnavailableError } from '../../records/errors';
import { openRecords } from '../../records/open-records';
import type { Records } from '../../records/payin-records';
import { cacheDir } from '../../devstack/project-root';
import { payinWorkflowId, webhookSignal } from '../../workflows/payin/messages';
import { APP, newRequestId, requestOf, startRig, type Answered, type PayinRig } from '../machinery/payin-rig';
import { testDatabaseUrl } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';

/** POST and GET of a pay-in whose run can't be asked, or not now: they are answered all the same. */

let rig: PayinRig;
/** The order records can't be read; they are written as ever. */
let unreadable = false;
const written: string[] = [];
beforeAll(async () => {
  const real = openRecords({ databaseUrl: await testDatabaseUrl() });
  const records: Records = {
    ...real,
    find: (id) =>
      unreadable ? Promise.reject(new RecordsUnavailableError('DATABASE_URL', new Error('a test'))) : real.find(id),
    async record(write) {
      const recorded = await real.record(write);
      if (write.payin.status !== 'CREATING') written.push(write.payin.request_id);
      return recorded;
    },
  };
  rig = await startRig({ records });
});
afterEach(() => (unreadable = false));
afterAll(() => rig.close());

const other = (request_id: string) => ({ ...requestOf(request_id), amount: '100.01' });
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const statusesOf = (answers: readonly Answered[]) => [...new Set(answers.map(({ status }) => status))];

/** A pay-in whose page was handed out. */
async function started(): Promise<{ request_id: string; body: Answered['body'] }> {
  const request_id = newRequestId();
  const { status, body } = await rig.post(requestOf(request_id));
  expect(status).toBe(201);
  await waitFor(() => written.includes(request_id), { what: 'its record' });
  await waitFor(async () => (await open(request_id)) === undefined, { what: 'the end of its workflow task' });
  return { request_id, body };
}

const open = async (request_id: string) =>
  (await rig.handle(request_id).describe()).raw.pendingWorkflowTask?.state ?? undefined;

/** Paid, and Lesspay takes its time to say so: meanwhile a workflow task is open. */
async function busy(delay_ms: number): Promise<{ request_id: string; body: Answered['body'] }> {
  const payin = await started();
  rig.sandbox.faults.add({ on: 'query', request_id: payin.request_id, delay_ms });
  rig.sandbox.orders.act(payin.request_id, 'pay');
  await waitFor(() => rig.sandbox.calls(payin.request_id).query_calls > 0, { what: 'a question to Lesspay' });
  return payin;
}

const pause = (request_id: string) =>
  rig.client.workflowService.pauseWorkflowExecution({
    namespace: 'default',
    workflowId: payinWorkflowId(request_id),
    reason: 'a test',
    requestId: newRequestId(),
  });
const unpause = (request_id: string) =>
  rig.client.workflowService.unpauseWorkflowExecution({
    namespace: 'default',
    workflowId: payinWorkflowId(request_id),
    reason: 'a test',
    requestId: newRequestId(),
  });

async function webhook(request_id: string): Promise<number> {
  const body = JSON.stringify({ request_id, order_status: 'SUCCEED', api_version: 'v2' });
  const headers = { 'content-type': 'application/json', 'x-auth-signature': webhookSignature(body, APP.appSecret) };
  return (await fetch(`${rig.apiUrl}/webhooks/lesspay`, { method: 'POST', body, headers })).status;
}

describe.each([
  ['at hand', false],
  ['out of reach', true],
] as const)('with its order record %s', (_title, isDown) => {
  /** What GET answers: the pay-in, or why neither can tell of it. */
  const told = (reason: string, body: Answered['body']) =>
    isDown ? { status: 503, body: { code: 'payin_unreadable', reason } } : { status: 200, body };

  it('while Lesspay is slow: twenty POSTs at once are 200, at once, of other content 409', async () => {
    const { request_id, body } = await busy(2_900);
    unreadable = isDown;
    const answers = await Promise.all(many(20, () => rig.post(requestOf(request_id))));
    // Not yet paid: nobody waited for Lesspay.
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(many(20, () => ({ status: 200, body })));
    const mixed = await Promise.all([
      ...many(10, () => rig.post(requestOf(request_id))),
      ...many(10, () => rig.post(other(request_id))),
    ]);
    expect(statusesOf(mixed.slice(0, 10))).toEqual([200]);
    expect(mixed.slice(10).map(({ body }) => body['code'])).toEqual(many(10, () => 'other_content'));
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('while its run is paused: 200 as it is, 409 for other content, and webhooks are taken', async () => {
    const { request_id, body } = await started();
    await pause(request_id);
    unreadable = isDown;
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
    expect((await rig.post(other(request_id))).body['code']).toBe('other_content');
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await webhook(request_id)).toBe(200);
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
    expect(await rig.get(request_id)).toMatchObject(told('paused', body));
    await unpause(request_id);
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('while no worker runs: 200 as it is', async () => {
    const { request_id, body } = await started();
    await rig.stopWorker();
    unreadable = isDown;
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
    expect(await rig.get(request_id)).toMatchObject(told('no_worker', body));
    await rig.startWorker();
  });

  it('while its tasks fail: 200 as it is', async () => {
    const { request_id, body } = await started();
    await rig.stopWorker();
    await withBadWorker(async () => {
      await rig.handle(request_id).signal(webhookSignal);
      const attempt = async () => (await rig.handle(request_id).describe()).raw.pendingWorkflowTask?.attempt ?? 0;
      await waitFor(async () => (await attempt()) > 1, { what: 'a second try' });
      unreadable = isDown;
      expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
      expect(await rig.get(request_id)).toMatchObject(told('tasks_fail', body));
    });
    await rig.startWorker();
  });

  it('while its question to Lesspay is paused: 200 as it is; webhooks and wake reach it', async () => {
    const { request_id, body } = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, drop: 'before', times: null });
    await wakePayin(rig.client, request_id, { who: 'a test', why: 'to have Lesspay asked' });
    const pending = async () => (await rig.handle(request_id).describe()).raw.pendingActivities ?? [];
    await waitFor(async () => (await pending()).some(({ attempt }) => (attempt ?? 0) > 1), { what: 'a retry' });
    await rig.client.workflowService.pauseActivity({
      namespace: 'default',
      execution: { workflowId: payinWorkflowId(request_id) },
      type: 'queryOrder',
    });
    unreadable = isDown;
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
    expect(await rig.get(request_id)).toMatchObject({ status: 200, body });
    expect(await webhook(request_id)).toBe(200);
    expect(await wakePayin(rig.client, request_id, { who: 'a test', why: 'again' })).toBe('delivered');
    rig.sandbox.faults.clear();
  });
});

it('paused, and of another status than the one that was told: with the status that Temporal shows, and no page', async () => {
  const { request_id } = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '99.50' });
  await waitFor(async () => (await rig.state(request_id)).status === 'PAID', { what: 'the other amount' });
  await pause(request_id);
  unreadable = true;
  const { status, body } = await rig.post(requestOf(request_id));
  expect([status, body['status'], body['needs_attention']]).toEqual([200, 'PAID', true]);
  expect(body).not.toHaveProperty('checkout_url');
});

it('paused while its order is being made: 202, and the page once it is unpaused', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, delay_ms: 1_000 });
  const first = rig.post(requestOf(request_id));
  await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'create-order' });
  await pause(request_id);
  const pending = { status: 202, body: { request_id, status: 'CREATING' } };
  expect(await rig.post(requestOf(request_id))).toMatchObject(pending);
  unreadable = true;
  expect(await rig.get(request_id)).toMatchObject({ status: 503, body: { reason: 'paused' } });
  expect(await first).toMatchObject(pending);
  await unpause(request_id);
  expect((await rig.post(requestOf(request_id))).body['checkout_url']).toBeDefined();
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1 });
});

it('terminated while no worker runs: 200 as it is, and it goes on once one does', async () => {
  const { request_id, body } = await started();
  await rig.stopWorker();
  await rig.handle(request_id).terminate();
  expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
  await rig.startWorker();
  rig.sandbox.orders.act(request_id, 'pay');
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
});

it('twenty GETs at once of one that is busy ask it twice: who comes while it is being asked shares the next question', async () => {
  const { request_id } = await busy(400);
  unreadable = true;
  const asked = jest.spyOn(rig.client.workflowService, 'queryWorkflow');
  expect(statusesOf(await Promise.all(many(20, () => rig.get(request_id))))).toEqual([200]);
  expect(asked).toHaveBeenCalledTimes(2);
  asked.mockRestore();
});

it('one that stays busy, and of which nothing is at hand, is said to be busy', async () => {
  const { request_id } = await busy(2_900);
  unreadable = true;
  expect(await rig.get(request_id)).toMatchObject({ status: 503, body: { code: 'payin_unreadable', reason: 'busy' } });
});

it('one that ended is told without its page, by POST and by GET', async () => {
  const { request_id } = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  const result = await rig.result(request_id);
  expect(result).not.toHaveProperty('checkout_url');
  for (unreadable of [false, true])
    for (const answer of [await rig.post(requestOf(request_id)), await rig.get(request_id)]) {
      expect(answer).toMatchObject({ status: 200, body: { status: 'SUCCEED' } });
      expect(answer.body).not.toHaveProperty('checkout_url');
    }
});

/** A worker of a release whose workflow can't go on with any run. */
async function withBadWorker(act: () => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(join(cacheDir, 'test', 'bad-worker-')));
  const source = join(folder, 'payin.js');
  await writeFile(source, `exports.payin = async () => { throw new Error('a bug'); };`);
  const { code } = await bundleWorkflowCode({ workflowsPath: source, logger: new DefaultLogger('WARN') });
  await writeFile(join(folder, 'bundle.js'), code);
  await rig.startWorker(join(folder, 'bundle.js'));
  try {
    await act();
  } finally {
    await rig.stopWorker();
    await rm(folder, { recursive: true });
  }
}
