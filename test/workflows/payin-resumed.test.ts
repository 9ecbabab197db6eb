import { PAYIN_WORKFLOW, checkoutWithStart, wakePayin } from '../../client';
import { TASK_QUEUE } from '../../temporal.config';
import { isNotified } from '../../payin/events';
import { webhookSignal } from '../../workflows/payin/messages';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { orderOfNobody } from '../machinery/behind-our-back';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** A message for a pay-in that no longer runs, or was never ours: a resumed run goes on from what is known (docs/design.md, rule 6). */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());
afterEach(() => void rig.sandbox.settings.change({ query_lag_ms: 0 }));

const OPS = { who: 'mia', why: 'asked Lesspay' };
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const calls = (request_id: string) => rig.sandbox.calls(request_id);
const state = (request_id: string) => rig.state(request_id);
const runOf = async (request_id: string) => (await rig.handle(request_id).describe()).runId;
const ended = async (request_id: string) => (await rig.handle(request_id).describe()).status.name !== 'RUNNING';
/** A resumed run stays for ten seconds. */
async function result(request_id: string) {
  await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
  return rig.result(request_id);
}
const refusal = (update: Promise<unknown>): Promise<string> =>
  update.then(
    () => 'not refused',
    (error: unknown) => (error instanceof Error ? String(error.cause) : String(error)),
  );
const acknowledge = (request_id: string) => rig.handle(request_id).executeUpdate('acknowledge', { args: [OPS] });

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

async function paid(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  expect((await result(request_id)).status).toBe('SUCCEED');
  return request_id;
}

describe('after the end', () => {
  it('a late duplicate costs one short run and no call to Lesspay', async () => {
    const request_id = await paid();
    const asked = calls(request_id).query_calls;
    const run = await runOf(request_id);
    expect(await rig.sandbox.webhooks.send({ request_id })).toMatchObject({ text: 'SUCCESS' });
    await waitFor(async () => (await runOf(request_id)) !== run, { what: 'the resumed run' });
    expect(await result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
    const { events } = await rig.handle(request_id).fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(16);
    expect(calls(request_id)).toMatchObject({ create_calls: 1, query_calls: asked });
  });

  it('a refund that Lesspay tells of weeks later is applied, though its query lags ten minutes behind', async () => {
    const request_id = await paid();
    await rig.pass('30 days');
    rig.sandbox.settings.change({ query_lag_ms: 600_000 });
    rig.sandbox.orders.act(request_id, 'refund');
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED' && !(await ended(request_id)), {
      what: 'the claim that is not shown yet',
    });
    await rig.passUntil('2 minutes', 'the refund', () => ended(request_id));
    expect(await result(request_id)).toMatchObject({ status: 'REFUND', alerts: [] });
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body: { status: 'REFUND' } });
  });

  it('a claim that is never shown is asked about for a whole window of its own, and a person hears of it within hours, once', async () => {
    const request_id = await paid();
    await rig.pass('30 days');
    await rig.sandbox.webhooks.send({ request_id, status: 'REFUND' });
    await waitFor(async () => !(await ended(request_id)), { what: 'the resumed run' });
    await rig.pass('1 hour');
    expect(await state(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
    await rig.pass('70 minutes');
    expect(codes((await state(request_id)).alerts)).toEqual(['unconfirmed_claim']);
    const asked = calls(request_id).query_calls;
    await rig.pass('8 days');
    expect(calls(request_id).query_calls).toBeGreaterThan(asked + 20);
    expect(codes((await state(request_id)).alerts)).toEqual(['unconfirmed_claim']);
    await acknowledge(request_id);
    expect((await result(request_id)).status).toBe('SUCCEED');
  });

  it('money that arrives after CLOSED is applied and flagged', async () => {
    const request_id = await started();
    await rig.passUntil('10 minutes', 'the end of the lifetime', () => ended(request_id));
    expect((await result(request_id)).status).toBe('CLOSED');
    rig.sandbox.orders.act(request_id, 'pay', { force: true });
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'the late payment' });
    expect(codes((await state(request_id)).alerts)).toEqual(['late_payment']);
    expect(await ended(request_id)).toBe(false);
    await acknowledge(request_id);
    expect(await result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
  });

  it('a status that contradicts the outcome is flagged, not applied', async () => {
    const request_id = await paid();
    rig.sandbox.orders.act(request_id, 'cancel', { force: true });
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the conflict' });
    expect(await state(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [{ code: 'status_conflict' }] });
  });

  it('a dispute never changes the status: it is flagged with its category and code, and the next one too', async () => {
    const request_id = await paid();
    const asked = calls(request_id).query_calls;
    const dispute = { event: 'dispute_received', category: 'fraudulent', code: '4837' } as const;
    rig.sandbox.orders.report(request_id, dispute);
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the dispute' });
    expect(await state(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [{ code: 'dispute_received' }] });
    const { typedSearchAttributes } = await rig.handle(request_id).describe();
    const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(shown).toMatchObject({ NeedsAttention: true, PayinStatus: 'SUCCEED' });
    const [alert] = (await state(request_id)).alerts;
    expect(alert?.message).toMatch(/fraudulent.*4837/);
    await acknowledge(request_id);
    await result(request_id);
    const again = { event: dispute.event, event_data: { category: 'fraudulent', code: '4837', dispute: 2 } };
    await rig.sandbox.webhooks.send({ request_id, overrides: again });
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the second dispute' });
    expect(calls(request_id).query_calls).toBe(asked);
  });

  it('stays for a moment, so that what comes next finds it', async () => {
    const request_id = await paid();
    const run = await runOf(request_id);
    await rig.sandbox.webhooks.send({ request_id });
    await waitFor(async () => (await runOf(request_id)) !== run, { what: 'the resumed run' });
    const resumed = await runOf(request_id);
    await rig.pass('5 seconds');
    await rig.sandbox.webhooks.send({ request_id, overrides: { merchant_reserved_field: 'another one' } });
    expect(await runOf(request_id)).toBe(resumed);
    expect((await result(request_id)).status).toBe('SUCCEED');
  });

  it('a webhook that came to a run while it loaded is not lost', async () => {
    const request_id = await paid();
    await rig.stopWorker();
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
    rig.sandbox.orders.act(request_id, 'refund');
    for (const status of ['PENDING_PAY', 'REFUND'] as const) await rig.sandbox.webhooks.send({ request_id, status });
    await wakePayin(rig.client, request_id, OPS);
    await rig.startWorker();
    expect(await result(request_id)).toMatchObject({
      status: 'REFUND',
      audit: [{ action: 'wake', ...OPS }],
    });
  });
});

describe('after Terminate', () => {
  it('the next webhook goes on with the pay-in', async () => {
    const request_id = await started();
    await rig.handle(request_id).terminate();
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'SUCCEED' });
    const before = await result(request_id);
    expect(before).toMatchObject({ status: 'SUCCEED', alerts: [], amount: '100.00', currency: 'USDT' });
    expect(codes(before.notices)).toContain('resumed');
  });

  it('a wake goes on with its polls, by the schedule it was started with', async () => {
    const request_id = await started();
    await rig.handle(request_id).terminate();
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
    await wakePayin(rig.client, request_id, OPS);
    await waitFor(() => calls(request_id).query_calls === 1, { what: 'the question' });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'a poll finds it', () => ended(request_id));
    expect((await result(request_id)).status).toBe('SUCCEED');
  });

  it('an outcome that was known, and what was flagged, is still known', async () => {
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
    await waitFor(async () => (await state(request_id)).status === 'PAID', { what: 'PAID' });
    const before = await state(request_id);
    await rig.handle(request_id).terminate();
    await rig.sandbox.webhooks.send({ request_id });
    await waitFor(async () => !(await ended(request_id)), { what: 'the resumed run' });
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the alert' });
    expect(await state(request_id)).toMatchObject({ ...before, notices: expect.any(Array) });
  });

  it('while it was creating: looked up, never created, and in the end UNRESOLVED', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, http_status: 500, times: null });
    const { workflowId, taskQueue, args } = checkoutWithStart(requestOf(request_id)).startWorkflowOperation.options;
    await rig.client.workflow.start(PAYIN_WORKFLOW, { workflowId, taskQueue, args });
    const failed = async () =>
      (await state(request_id)).notices.filter(({ code }) => code === 'create_failed').length === 2;
    // Not in the middle of an attempt: this server's time stands still for an activity of a terminated run.
    await waitFor(failed, { what: 'the second attempt' });
    await rig.handle(request_id).terminate();
    rig.sandbox.faults.clear();
    await wakePayin(rig.client, request_id, OPS);
    await rig.passUntil(
      '1 day',
      'the end of the window',
      async () => (await state(request_id)).status === 'UNRESOLVED',
    );
    expect(calls(request_id)).toMatchObject({ create_calls: 2, orders_created: 0 });
    expect(codes((await state(request_id)).alerts)).toEqual(['unresolved']);
  });
});

describe('an order that Lesspay has and no pay-in of ours made', () => {
  it('is adopted, flagged, and watched to its end', async () => {
    const request_id = await orderOfNobody(rig);
    expect((await rig.get(request_id)).status).toBe(404);
    await rig.sandbox.webhooks.send({ request_id });
    await waitFor(async () => (await state(request_id)).status === 'PENDING_PAY', { what: 'the adoption' });
    expect(await state(request_id)).toMatchObject({ amount: '100.00', alerts: [{ code: 'unknown_order' }] });
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('5 minutes', 'the payment', async () => (await state(request_id)).status === 'SUCCEED');
    expect(await ended(request_id)).toBe(false);
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 409, body: { code: 'request_id_taken' } });
    await acknowledge(request_id);
    expect((await result(request_id)).status).toBe('SUCCEED');
    expect(await rig.get(request_id)).toMatchObject({ status: 200, body: { status: 'SUCCEED', amount: '100.00' } });
  });

  it('is told to the merchant when somebody has adopted it: all that happened, in order, and what comes after', async () => {
    const request_id = await orderOfNobody(rig);
    await rig.sandbox.webhooks.send({ request_id });
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'the payment' });
    rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'fraudulent' });
    await waitFor(async () => codes((await state(request_id)).alerts).includes('dispute_received'), { what: 'it' });
    await acknowledge(request_id);
    expect(await result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
    expect(rig.sandbox.merchant.received(request_id)).toEqual([]);

    await wakePayin(rig.client, request_id, OPS);
    await rig.handle(request_id).executeUpdate('adopt', { args: [OPS] });
    expect(await refusal(rig.handle(request_id).executeUpdate('adopt', { args: [OPS] }))).toMatch(/nothing to adopt/);
    rig.sandbox.orders.act(request_id, 'refund');
    const told = () => rig.sandbox.merchant.received(request_id);
    await waitFor(() => told().length >= 3, { what: 'all of it' });
    expect((await result(request_id)).status).toBe('REFUND');
    expect(told().map(({ type }) => type)).toEqual(['payin.transition', 'payin.dispute', 'payin.transition']);
    const recorded = await rig.records.events(request_id, { limit: 100 });
    expect(told().map(({ number }) => number)).toEqual(recorded.filter(isNotified).map(({ number }) => number));
  });

  it('is found also when it is weeks old, never by a window over 7 days', async () => {
    const request_id = await orderOfNobody(rig);
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.pass('40 days');
    await rig.sandbox.webhooks.send({ request_id });
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'the old order' });
    const asked = calls(request_id).query_calls;
    await rig.handle(request_id).executeUpdate('pollNow', { args: [OPS] });
    // Found once, its window is known: the windows of 40 days would be asked for one after the other otherwise.
    expect(calls(request_id).query_calls).toBeLessThan(asked + 5);
  });

  it('and that Lesspay does not know either: flagged, asked for a whole window, UNRESOLVED', async () => {
    const request_id = newRequestId();
    await rig.client.workflow.signalWithStart('payin', {
      workflowId: `payin-${request_id}`,
      taskQueue: TASK_QUEUE,
      args: [
        {
          resume: { request_id },
          poll_schedule: DEFAULT_POLL_SCHEDULE,
        },
      ],
      signal: webhookSignal,
      signalArgs: [{ digest: 'd', received_at: '', version: 'v2', request_id, order_status: 'SUCCEED' }],
    });
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the alert' });
    const first = calls(request_id).query_calls;
    await rig.passUntil(
      '1 day',
      'the end of the window',
      async () => (await state(request_id)).status === 'UNRESOLVED',
    );
    expect(codes((await state(request_id)).alerts)).toEqual(['unknown_order', 'unconfirmed_claim', 'unresolved']);
    // Looked for in all of the past once, then where a new order would be.
    expect(calls(request_id).query_calls).toBeLessThan(first + 100);
  });
});

describe('npm run payin -- wake', () => {
  it('brings back what is left to decide', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_PAY', times: null });
    await rig.passUntil(
      '1 day',
      'the end of the window',
      async () => (await state(request_id)).status === 'UNRESOLVED',
    );
    await acknowledge(request_id);
    expect((await result(request_id)).status).toBe('UNRESOLVED');
    await wakePayin(rig.client, request_id, OPS);
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the reminder' });
    const decision = { ...OPS, status: 'SUCCEED' };
    expect(await rig.handle(request_id).executeUpdate('resolve', { args: [decision] })).toMatchObject({
      status: 'SUCCEED',
    });
    expect((await result(request_id)).audit.map(({ action }) => action)).toEqual([
      'acknowledge',
      'wake',
      'resolve UNRESOLVED -> SUCCEED',
    ]);
  });
});
