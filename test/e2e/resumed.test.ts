import { PAYIN_WORKFLOW, checkoutWithStart, payinWorkflowId, wakePayin } from '../../client';
import { TASK_QUEUE } from '../../temporal.config';
import { fillHistory } from '../machinery/fill-history';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Resumed and reset runs on a server that has visibility, reset, and no skipped time. */

let rig: PayinRig;

/** Holds back the loading of what is known, while it is set. */
let loading: Promise<unknown> | undefined;
/** The pay-ins whose records can't be written. */
const unrecorded = new Set<string>();
beforeAll(async () => {
  rig = await startRig({
    beforeActivity: async ({ activityType }) => {
      if (activityType === 'loadPayin') await loading;
    },
    aroundRecord: (request_id) => {
      if (unrecorded.has(request_id)) throw new Error('the database is down, says the test');
    },
  });
});
afterAll(() => rig.close());

const calls = (request_id: string) => rig.sandbox.calls(request_id);
const runOf = async (request_id: string) => (await rig.handle(request_id).describe()).runId;

async function paid(): Promise<string> {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.orders.act(request_id, 'pay');
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
  return request_id;
}

/** Resets the run to one of its workflow tasks, as the UI does. */
async function resetToTask(request_id: string, number: number): Promise<void> {
  const { workflowId } = rig.handle(request_id);
  const runId = await runOf(request_id);
  const { events } = await rig.handle(request_id).fetchHistory();
  const task = events?.filter((event) => event.workflowTaskCompletedEventAttributes)[number]?.eventId;
  await rig.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'a test',
    requestId: newRequestId(),
    ...(task ? { workflowTaskFinishEventId: task } : {}),
  });
}

const resetToFirstTask = (request_id: string) => resetToTask(request_id, 0);

it('a pay-in that was terminated before any worker took it up is looked up, never created', async () => {
  const request_id = newRequestId();
  await rig.stopWorker();
  expect((await rig.post(requestOf(request_id))).status).toBe(202);
  await rig.handle(request_id).terminate();
  await rig.startWorker();
  expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 409, body: { code: 'checkout_url_lost' } });
  expect((await rig.post({ ...requestOf(request_id), amount: '7' })).body['code']).toBe('other_content');
  expect(calls(request_id)).toMatchObject({ create_calls: 0 });
});

it('a resumed run that was terminated before it had loaded anything forgets nothing', async () => {
  const request_id = await paid();
  const asked = calls(request_id).query_calls;
  await rig.stopWorker();
  await rig.sandbox.webhooks.send({ request_id, status: 'PENDING_PAY' });
  await rig.handle(request_id).terminate();
  await rig.startWorker();
  await rig.sandbox.webhooks.send({ request_id });
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', amount: '100.00' });
  expect(calls(request_id).query_calls).toBe(asked);
});

it('Cancel that came to a resumed run while it loaded is not lost', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  await rig.handle(request_id).terminate();
  await rig.stopWorker();
  await wakePayin(rig.client, request_id, { who: 'mia', why: 'a test' });
  await rig.handle(request_id).cancel();
  await rig.startWorker();
  const actions = async () => (await rig.state(request_id)).audit.map(({ action }) => action).sort();
  // Temporal first asks the worker that is gone what the terminated run knew.
  await waitFor(async () => (await actions()).length === 2, { what: 'the audit' });
  expect(await actions()).toEqual(['stopWatching', 'wake']);
});

it('an operator who comes while a resumed run loads is told so soon, and by no timer of a handler', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  await rig.handle(request_id).terminate();
  let goOn = (): void => undefined;
  loading = new Promise<void>((resolve) => (goOn = resolve));
  await wakePayin(rig.client, request_id, { who: 'mia', why: 'a test' });
  const acknowledge = () =>
    rig.handle(request_id).executeUpdate('acknowledge', { args: [{ who: 'mia', why: 'a test' }] });
  await expect(acknowledge()).rejects.toMatchObject({ cause: { type: 'loading' } });
  const { events } = await rig.handle(request_id).fetchHistory();
  const answered = events?.find((event) => event.workflowExecutionUpdateCompletedEventAttributes);
  // `answer-apart.ts` has one.
  expect(events?.filter((event) => event.timerStartedEventAttributes)).toHaveLength(1);
  expect(answered).toBeDefined();
  loading = undefined;
  goOn();
  await waitFor(async () => (await rig.state(request_id)).audit.length === 1, { what: 'the loaded pay-in' });
});

it('many late duplicates at once are all acknowledged, and cost no call to Lesspay', async () => {
  const request_id = await paid();
  const asked = calls(request_id).query_calls;
  const answers = await Promise.all(Array.from({ length: 20 }, () => rig.sandbox.webhooks.send({ request_id })));
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ http_status: 200, text: 'SUCCESS' })]),
  );
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  expect(calls(request_id).query_calls).toBe(asked);
});

it('a webhook with a pay_order_id alone finds its pay-in after the end, too', async () => {
  const request_id = await paid();
  const run = await runOf(request_id);
  const send = () => rig.sandbox.webhooks.send({ request_id, overrides: { request_id: null } });
  await waitFor(async () => JSON.stringify(await send()).includes('SUCCESS'), { what: 'SUCCESS' });
  await waitFor(async () => (await runOf(request_id)) !== run, { what: 'the resumed run' });
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
});

describe('after Reset', () => {
  it('to before create-order, nothing is created twice: the order is found and watched', async () => {
    const request_id = newRequestId();
    const first = await rig.post(requestOf(request_id));
    expect(first.status).toBe(201);
    await resetToFirstTask(request_id);
    const { pay_order_id } = rig.sandbox.orders.get(request_id);
    await waitFor(async () => (await rig.state(request_id)).pay_order_id === pay_order_id, { what: 'the adoption' });
    expect(await rig.state(request_id)).toMatchObject({ status: 'PENDING_PAY', alerts: [] });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(calls(request_id)).toMatchObject({ create_calls: 2, orders_created: 1 });
  });

  it('a refusal of the second create-order does not make a paid order REJECTED', async () => {
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    rig.sandbox.faults.add({ on: 'create', request_id, code: 5000, msg: 'no' });
    await resetToFirstTask(request_id);
    const { pay_order_id } = rig.sandbox.orders.get(request_id);
    await waitFor(async () => (await rig.state(request_id)).pay_order_id === pay_order_id, { what: 'the adoption' });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it('nor does one in a run that went on, with a fresh history, from the one that Reset made', async () => {
    const request_id = newRequestId();
    // From its record it would know of the order.
    unrecorded.add(request_id);
    await rig.post(requestOf(request_id));
    const busy = rig.sandbox.faults.add({ on: 'create', request_id, http_status: 429, times: null });
    await resetToFirstTask(request_id);
    const reset = await runOf(request_id);
    await fillHistory(() => rig.handle(request_id).signal('wake', { who: 'mia', why: 'a test' }));
    await waitFor(async () => (await runOf(request_id)) !== reset, { what: 'the fresh run' });
    rig.sandbox.faults.add({ on: 'create', request_id, code: 5000, msg: 'no' });
    rig.sandbox.faults.remove(busy.id);
    const { pay_order_id } = rig.sandbox.orders.get(request_id);
    await waitFor(async () => (await rig.state(request_id)).pay_order_id === pay_order_id, { what: 'the adoption' });
    unrecorded.delete(request_id);
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it("nor does the end of the order's lifetime", async () => {
    const request_id = newRequestId();
    const { startWorkflowOperation } = checkoutWithStart(requestOf(request_id));
    const [input] = startWorkflowOperation.options.args;
    if (!('request' in input)) throw new Error('no start');
    // Shorter than the API lets anybody ask for.
    const short = { ...input, request: { ...input.request, expires_in: 10 } };
    rig.sandbox.faults.add({ on: 'create', request_id, http_status: 429 });
    await rig.client.workflow.start(PAYIN_WORKFLOW, {
      workflowId: payinWorkflowId(request_id),
      taskQueue: TASK_QUEUE,
      args: [short],
    });
    await waitFor(() => calls(request_id).orders_created === 1, { what: 'the order' });
    rig.sandbox.orders.act(request_id, 'pay');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
    const over = Date.parse((await rig.result(request_id)).expires_at);
    await waitFor(() => Date.now() > over, { what: "the end of the order's lifetime" });
    // To after the first attempt, which surely had no effect.
    await resetToTask(request_id, 1);
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
  });

  it('of a pay-in that has ended, its outcome is found again', async () => {
    const request_id = await paid();
    await resetToFirstTask(request_id);
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(calls(request_id)).toMatchObject({ orders_created: 1 });
    expect(rig.handle(request_id).workflowId).toBe(payinWorkflowId(request_id));
  });

  it("somebody else's order is not taken for ours", async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, code: 1201, msg: 'duplicate' });
    expect((await rig.post(requestOf(request_id))).body['code']).toBe('request_id_taken');
  });
});
