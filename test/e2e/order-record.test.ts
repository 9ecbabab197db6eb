import { signalNotification } from '../../client/signal-notification';
import { wakePayin } from '../../client';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import type { PayinEvent } from '../../payin/events';
import type { PayinState } from '../../payin/view';
import { openRecords } from '../../records/open-records';
import { recordsOn } from '../../records/records-on';
import { HoldingProxy } from '../crash/holding-proxy';
import { forgetRuns, orderOfNobody } from '../machinery/behind-our-back';
import { endActivity } from '../machinery/end-activity';
import { fillHistory } from '../machinery/fill-history';
import { fromSetUp, newRequestId, type PayinRig, requestOf, startRig } from '../machinery/payin-rig';
import { newDatabaseUrl } from '../machinery/postgres';
import { SANDBOX_MERCHANT } from '../../settings';
import { ownPort } from '../machinery/own-ports';
import { waitFor } from '../machinery/wait-for';
import { MAIN_DATABASES, describeOnPostgres } from '../records/databases';

/** What the order records say of a pay-in, while they can be written and while they can't. */

const MIA = { who: 'mia', why: 'a test' };

let rig: PayinRig;

const events = (request_id: string) => rig.records.events(request_id, { limit: 200 });
const told = (all: readonly PayinEvent[]) => all.map(({ kind, data }) => [kind, data['to'] ?? data['action'] ?? '']);
const outcome = async (request_id: string) => (await rig.state(request_id)).status;

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

async function paid(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
  return request_id;
}

/** Waits until that is on record; what its run knows. A resumed run stays for ten seconds after its end. */
async function recordedAs(request_id: string, status: string): Promise<PayinState> {
  await waitFor(async () => (await rig.records.find(request_id))?.status === status, { what: `the record: ${status}` });
  return rig.state(request_id);
}

/** To its first workflow task, as the UI does. */
async function reset(request_id: string): Promise<void> {
  const { client } = rig;
  const { events: history } = await rig.handle(request_id).fetchHistory();
  const task = history?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: rig.handle(request_id).workflowId },
    reason: 'a test',
    requestId: newRequestId(),
    ...(task ? { workflowTaskFinishEventId: task } : {}),
  });
}

const runOf = async (request_id: string) => (await rig.handle(request_id).describe()).runId;

describe.each(MAIN_DATABASES)('while the database answers, $name', ({ create }) => {
  beforeAll(async () => {
    rig = await startRig({ records: recordsOn(await create()) });
    await rig.records.ping();
  });
  afterAll(() => rig.close());

  it('a pay-in is recorded as its workflow knows it, with all that happened to it, in order', async () => {
    const request_id = await paid();
    const { facts, ...result } = await rig.result(request_id);
    const record = await rig.records.find(request_id);
    expect(record).toMatchObject({ status: 'SUCCEED', digest: result.digest, last_event: facts.last_event });
    const all = await events(request_id);
    expect(told(all)).toEqual([
      ['started', ''],
      ['transition', 'PENDING_PAY'],
      ['webhook', ''],
      ['transition', 'SUCCEED'],
    ]);
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(all[1]?.data).toEqual({ from: 'CREATING', to: 'PENDING_PAY', pay_order_id: record?.pay_order_id });
    expect(record?.facts.outbox).not.toEqual([]);
    expect(facts).toMatchObject({ recorded: 4, notified: 4, outbox: [] });
  });

  it('each is on record as soon as its caller has the checkout page', async () => {
    const request_id = await started();
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'PENDING_PAY' });
  });

  it('a refused one is recorded, and so is what an operator does', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: 'parameter error' });
    await rig.post(requestOf(request_id));
    await rig.result(request_id);
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'REJECTED' });

    const disputed = await started();
    rig.sandbox.orders.report(disputed, { event: 'dispute_received', category: 'fraudulent', code: '4837' });
    await waitFor(async () => (await rig.records.find(disputed))?.needs_attention === true, { what: 'the dispute' });
    await rig.handle(disputed).executeUpdate('acknowledge', { args: [MIA] });
    await waitFor(async () => (await rig.records.find(disputed))?.needs_attention === false, { what: 'its end' });
    const all = await events(disputed);
    expect(all.map(({ kind, source }) => [kind, source])).toEqual([
      ['started', 'merchant'],
      ['transition', 'lesspay'],
      ['webhook', 'lesspay'],
      ['dispute', 'lesspay'],
      ['alert', 'workflow'],
      ['operator', 'operator'],
    ]);
    expect(all[3]?.data).toEqual({ category: 'fraudulent', code: '4837' });
    expect(all[5]?.data).toEqual({ action: 'acknowledge', ...MIA });
  });

  it('past the end of its retention it goes on from its record: a refund finds no unknown order', async () => {
    const request_id = await paid();
    await forgetRuns(rig, request_id);
    rig.sandbox.orders.act(request_id, 'refund');
    expect(await recordedAs(request_id, 'REFUND')).toMatchObject({ status: 'REFUND', alerts: [] });
    const all = await events(request_id);
    expect(told(all).slice(4)).toEqual([
      ['resumed', ''],
      ['webhook', ''],
      ['transition', 'REFUND'],
    ]);
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reset to its beginning, it goes on from its record, and tells nothing twice', async () => {
    const request_id = await paid();
    const before = await rig.records.find(request_id);
    const run = await runOf(request_id);
    await reset(request_id);
    await waitFor(async () => (await runOf(request_id)) !== run, { what: 'the new run' });
    const result = await rig.result(request_id);
    expect(result).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(result.notices.map(({ code }) => code)).toContain('overtaken');
    expect(await rig.records.find(request_id)).toEqual(before);
    expect((await events(request_id)).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(rig.sandbox.merchant.received(request_id).map(({ number }) => number)).toEqual([2, 4]);
    expect(rig.sandbox.calls(request_id).orders_created).toBe(1);
  });

  it('the merchant is told at once, not with the next poll, that it can be paid', async () => {
    const request_id = await started();
    const told = () => rig.sandbox.merchant.received(request_id).some(({ status }) => status === 'PENDING_PAY');
    await waitFor(told, { what: 'the notification' });
    expect(rig.sandbox.calls(request_id).query_calls).toBe(0);
  });

  it('reset while its record says no more than that it has started, it goes on from there', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, answer_delay_ms: 2_000 });
    const posted = rig.post(requestOf(request_id));
    const underWay = () => rig.sandbox.calls(request_id).create_calls === 1;
    await waitFor(underWay, { what: 'create-order' });
    const before = await rig.records.find(request_id);
    expect(before).toMatchObject({ status: 'CREATING' });
    await reset(request_id);
    await waitFor(async () => Boolean((await rig.state(request_id)).pay_order_id), { what: 'the look-up' });
    await posted;
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'SUCCEED', created_at: before?.created_at });
    const told = () => rig.sandbox.merchant.received(request_id).some(({ status }) => status === 'SUCCEED');
    await waitFor(told, { what: 'the notification' });
  });

  it('an order that nobody knows is recorded, its events numbered above all that may have been told of it', async () => {
    const request_id = newRequestId();
    await orderOfNobody(rig, request_id);
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await rig.records.find(request_id))?.status === 'SUCCEED', { what: 'the record' });
    const record = await rig.records.find(request_id);
    expect(record).toMatchObject({ needs_attention: true, alerts: [{ code: 'unknown_order' }] });
    const numbers = (await events(request_id)).map(({ number }) => number);
    expect(numbers[0]).toBeGreaterThan(Date.now() / 60_000 - 10);
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index));
    await rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] });
  });
});

describe('while the database can be read and not be written', () => {
  let writable: boolean;
  beforeEach(async () => {
    writable = true;
    const aroundRecord = () => {
      if (!writable) throw new Error('cannot execute INSERT in a read-only transaction');
    };
    rig = await startRig({ aroundRecord });
  });
  afterEach(() => rig.close());

  it('GET tells the outcome that the workflow knows, not the page to pay on that the record has', async () => {
    const request_id = await started();
    expect((await rig.get(request_id)).body).toHaveProperty('checkout_url');
    writable = false;
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await outcome(request_id)) === 'SUCCEED', { what: 'the outcome' });
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'PENDING_PAY' });
    const { status, body } = await rig.get(request_id);
    expect([status, body['status']]).toEqual([200, 'SUCCEED']);
    expect(body).not.toHaveProperty('checkout_url');

    // Nor while no worker runs: Temporal shows the status all the same.
    await rig.stopWorker();
    const unasked = (await rig.get(request_id)).body;
    expect(unasked).toMatchObject({ status: 'SUCCEED' });
    expect(unasked).not.toHaveProperty('checkout_url');
    writable = true;
    await rig.startWorker();
    await rig.result(request_id);
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'SUCCEED' });
  });

  it('GET tells of an alert that the record lacks, although it has another one', async () => {
    const request_id = await started();
    const report = (code: string) =>
      rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'other', code });
    report('4837');
    await waitFor(async () => (await rig.records.find(request_id))?.needs_attention === true, { what: 'the record' });
    writable = false;
    report('4853');
    const pending = async () => (await rig.handle(request_id).describe()).raw.pendingActivities ?? [];
    await waitFor(async () => (await pending()).length > 0, { what: 'the write that goes on being tried' });
    expect((await rig.get(request_id)).body['alerts']).toHaveLength(2);
    writable = true;
  });
});

describeOnPostgres('while the database is down', () => {
  let proxy: HoldingProxy;
  beforeEach(async () => {
    const url = new URL(await newDatabaseUrl(fromSetUp('TEST_DATABASE_URL')));
    proxy = new HoldingProxy(await ownPort(), Number(url.port));
    await proxy.open();
    url.port = String(proxy.port);
    rig = await startRig({ records: openRecords({ databaseUrl: url.href }) });
    await rig.records.ping();
  });
  afterEach(async () => {
    await rig.close();
    proxy.close();
  });

  const waitsForRecord = (request_id: string) => waitsForActivity(request_id, 'loadPayin');

  async function waitsForActivity(request_id: string, type: string): Promise<void> {
    const isWaiting = async () => {
      const described = await rig
        .handle(request_id)
        .describe()
        .catch(() => undefined);
      const isRunning = described?.status.name === 'RUNNING';
      const pending = isRunning ? (described.raw.pendingActivities ?? []) : [];
      return pending.some(({ activityType }) => activityType?.name === type);
    };
    await waitFor(isWaiting, { what: `a pending ${type}` });
  }

  it('a pay-in comes to its outcome, says that it is not recorded, and ends once it is', async () => {
    proxy.close();
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await outcome(request_id)) === 'SUCCEED', { what: 'the outcome' });
    const { status, raw } = await rig.handle(request_id).describe();
    expect(status.name).toBe('RUNNING');
    const pending = raw.pendingActivities?.map(({ activityType }) => activityType?.name);
    expect(pending).toContain('record');
    await waitFor(
      async () => {
        const activities = (await rig.handle(request_id).describe()).raw.pendingActivities ?? [];
        return activities.some(({ lastFailure }) => /can't be reached/.test(lastFailure?.message ?? ''));
      },
      { what: 'the reason' },
    );
    await proxy.open();
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
    expect(told(await events(request_id))).toEqual([
      ['started', ''],
      ['transition', 'PENDING_PAY'],
      ['webhook', ''],
      ['transition', 'SUCCEED'],
    ]);
  });

  it('one that does not answer holds nothing up either', async () => {
    proxy.hold('requests');
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await outcome(request_id)) === 'SUCCEED', { what: 'the outcome' });
    proxy.release();
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
    expect((await events(request_id)).map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('one that does not answer holds up no refund of a pay-in that has ended either', async () => {
    const request_id = await paid();
    proxy.hold('requests');
    rig.sandbox.orders.act(request_id, 'refund');
    await waitFor(async () => (await outcome(request_id)) === 'REFUND', { what: 'the outcome' });
    proxy.release();
    expect(await recordedAs(request_id, 'REFUND')).toMatchObject({ status: 'REFUND' });
    const { events: history } = await rig.handle(request_id).fetchHistory();
    const slow = history?.map(({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name);
    expect(slow).not.toContain('loadPayin');
    expect((await events(request_id)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('terminated before it could be recorded, it goes on from what its run knew, and all of it is recorded', async () => {
    const request_id = await started();
    proxy.close();
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await outcome(request_id)) === 'SUCCEED', { what: 'the outcome' });
    await rig.handle(request_id).terminate('a test');
    await proxy.open();
    await rig.sandbox.webhooks.send({ request_id });
    await recordedAs(request_id, 'SUCCEED');
    expect(told(await events(request_id))).toEqual([
      ['started', ''],
      ['transition', 'PENDING_PAY'],
      ['webhook', ''],
      ['transition', 'SUCCEED'],
      ['resumed', ''],
    ]);
  });

  it('past the end of its retention it waits for its record, and is taken for no unknown order', async () => {
    const request_id = await paid();
    await forgetRuns(rig, request_id);
    proxy.close();
    rig.sandbox.orders.act(request_id, 'refund');
    await waitsForRecord(request_id);
    await proxy.open();
    expect(await recordedAs(request_id, 'REFUND')).toMatchObject({ status: 'REFUND', alerts: [] });
  });

  it('disputes that came while it waited are not lost with the runs that an operator terminates', async () => {
    const request_id = await paid();
    await forgetRuns(rig, request_id);
    proxy.close();
    for (const code of ['4837', '4853']) {
      rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'other', code });
      await waitsForRecord(request_id);
      await rig.handle(request_id).terminate('a test');
    }
    await proxy.open();
    await wakePayin(rig.client, request_id, MIA);
    await waitFor(async () => (await rig.state(request_id)).alerts.length === 2, { what: 'both disputes' });
    const { status, alerts } = await rig.state(request_id);
    expect(status).toBe('SUCCEED');
    expect(alerts.map(({ message }) => message)).toEqual([
      'Lesspay reports dispute_received, category other, code 4837',
      'Lesspay reports dispute_received, category other, code 4853',
    ]);
    await rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] });
  });

  it('an operator who ends the wait for its record loses nothing: it begins anew', async () => {
    const request_id = await paid();
    await forgetRuns(rig, request_id);
    proxy.hold('requests');
    rig.sandbox.orders.act(request_id, 'refund');
    await waitsForRecord(request_id);
    await endActivity(rig.client, rig.handle(request_id).workflowId, 'loadPayin');
    await waitsForRecord(request_id);
    proxy.release();
    expect(await recordedAs(request_id, 'REFUND')).toMatchObject({ status: 'REFUND', alerts: [] });
  });

  it('nor does one who ends the loading of what is to be sent again', async () => {
    const request_id = await paid();
    const taken = () => rig.sandbox.merchant.received(request_id).map(({ number }) => number);
    await waitFor(() => taken().length === 2, { what: 'both events' });
    proxy.hold('requests');
    const endpoint = SANDBOX_MERCHANT.name;
    await signalNotification(rig.client, { request_id, endpoint }, 'resend', { from: 1 });
    await endActivity(rig.client, notificationWorkflowId(request_id, endpoint), 'loadEvents');
    proxy.release();
    // At least once: a delivery may be made again with the workflow task that it was made in.
    const last = () => taken().slice(-2).join();
    await waitFor(() => taken().length >= 4 && last() === '2,4', { what: 'both events again' });
    expect(last()).toBe('2,4');
  });

  it('started again where it was forgotten, it takes its own order for nobody else, once the record tells', async () => {
    const request_id = await paid();
    const told = () => rig.sandbox.merchant.received(request_id).map(({ status }) => status);
    await waitFor(() => told().length === 2, { what: 'both events' });
    await forgetRuns(rig, request_id);
    proxy.close();
    const again = await rig.post(requestOf(request_id));
    expect(again.status).toBe(409);
    await waitsForActivity(request_id, 'record');
    await proxy.open();
    const result = await rig.result(request_id);
    expect(result).toMatchObject({ status: 'SUCCEED', alerts: [], taken: false });
    expect((await rig.post(requestOf(request_id))).status).toBe(200);
    expect(await rig.records.find(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
    expect(rig.sandbox.calls(request_id).orders_created).toBe(1);
    expect(told()).not.toContain('REJECTED');
  });

  it('what it lacks is still to be told after the run has gone on in a fresh one', async () => {
    const request_id = await started();
    proxy.close();
    const run = await runOf(request_id);
    await fillHistory((index) => rig.handle(request_id).signal('wake', { who: 'mia', why: `${index}` }));
    // A flood has its workflow task done anew, after some seconds.
    await waitFor(async () => (await runOf(request_id)) !== run, { what: 'the fresh run' });
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(async () => (await outcome(request_id)) === 'SUCCEED', { what: 'the outcome' });
    await proxy.open();
    await rig.result(request_id);
    const all = await rig.records.events(request_id, { limit: 1_000 });
    expect(all.map(({ number }) => number)).toEqual(all.map((_event, index) => index + 1));
    expect(all.at(-1)).toMatchObject({ kind: 'transition', data: { to: 'SUCCEED' } });
  });
});
