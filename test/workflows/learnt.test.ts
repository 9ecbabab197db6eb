import { noopMetricMeter } from '@temporalio/common';
import { payinWorkflows } from '../../activities/payin-workflows';
import { WAYS_TO_LEARN } from '../../payin/learnt-by';
import { recordsOn } from '../../records/records-on';
import { countWrites } from '../../worker/metrics/count-writes';
import { createMetrics } from '../../worker/metrics/metrics';
import { createDatabase } from '../machinery/empty-database';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';

/** How a pay-in learnt its status, as the metrics of a worker count it (docs/metrics.md), for each way there is. */

const MIA = { who: 'mia', why: 'ticket 816' };

let rig: TimeSkippingRig;
let counted: string[] = [];

beforeAll(async () => {
  const metrics = createMetrics(noopMetricMeter, []);
  jest.spyOn(metrics.transitions, 'add').mockImplementation((_count, { to, learnt } = {}) => {
    counted.push(`${to} by ${learnt}`);
  });
  const { database } = await createDatabase();
  rig = await startTimeSkippingRig({ records: countWrites(recordsOn(database), metrics) });
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.sandbox.faults.clear();
  counted = [];
});

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

/** It is paid, and no webhook says so. */
async function paidInSilence(): Promise<string> {
  const request_id = await started();
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
  rig.sandbox.orders.act(request_id, 'pay');
  return request_id;
}

const statusIs = async (request_id: string, status: string) => (await rig.state(request_id)).status === status;

it('by creation, then by a webhook', async () => {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  expect(counted).toEqual(['PENDING_PAY by creation', 'SUCCEED by webhook']);
});

it('by creation: there will be no order', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, code: 5000 });
  expect((await rig.post(requestOf(request_id))).status).toBe(422);
  await rig.result(request_id);
  expect(counted).toEqual(['REJECTED by creation']);
});

it('by a poll, where the webhook is lost', async () => {
  const request_id = await paidInSilence();
  await rig.passUntil('10 minutes', 'the poll', () => statusIs(request_id, 'SUCCEED'));
  await rig.result(request_id);
  expect(counted).toEqual(['PENDING_PAY by creation', 'SUCCEED by poll']);
});

it.each([
  ['pollNow', (request_id: string) => rig.handle(request_id).executeUpdate('pollNow', { args: [MIA] })],
  ['wake', (request_id: string) => rig.handle(request_id).signal('wake', MIA)],
])('by an operator, who had Lesspay asked (%s)', async (_name, ask) => {
  const request_id = await paidInSilence();
  await ask(request_id);
  await rig.result(request_id);
  expect(counted).toEqual(['PENDING_PAY by creation', 'SUCCEED by operator']);
});

it('by an operator, who decided', async () => {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await rig.handle(request_id).executeUpdate('pollNow', { args: [MIA] });
  await rig.handle(request_id).executeUpdate('resolve', { args: [{ ...MIA, status: 'SUCCEED' }] });
  await rig.result(request_id);
  expect(counted.at(-1)).toBe('SUCCEED by operator');
});

it('by a reconciliation, which woke it', async () => {
  const request_id = await paidInSilence();
  await payinWorkflows(rig.client).wake(request_id, 'Lesspay lists SUCCEED');
  await rig.result(request_id);
  expect(counted).toEqual(['PENDING_PAY by creation', 'SUCCEED by reconciliation']);
});

it('by the end of the watch window', async () => {
  const request_id = await started();
  rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_PAY', times: null });
  await rig.passUntil('1 day', 'the end of the window', () => statusIs(request_id, 'UNRESOLVED'));
  expect(counted).toEqual(['PENDING_PAY by creation', 'UNRESOLVED by watch_end']);
});

it('there is no other way', () => {
  expect(WAYS_TO_LEARN).toEqual(['creation', 'webhook', 'poll', 'operator', 'reconciliation', 'watch_end']);
});
