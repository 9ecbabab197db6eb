import { z } from 'zod';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Two days before a dispute must be answered, the merchant is told again: once, and only while nobody has dealt with it. */

let rig: TimeSkippingRig;
beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());

const DAY = 24 * 3_600_000;
const MIA = { who: 'mia', why: 'answered at Lesspay' };

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

/** Paid, and ended `days` ago. */
async function paid(days: number): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  const hasEnded = async () => (await rig.handle(request_id).describe()).status.name !== 'RUNNING';
  await rig.passUntil('3 seconds', 'the end', hasEnded);
  await rig.pass(days * DAY);
  return request_id;
}

/** Another amount: a person decides, and Lesspay is polled meanwhile. */
async function paidDifferently(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await waitFor(async () => (await rig.state(request_id)).status === 'PAID', { what: 'PAID' });
  return request_id;
}

/** @returns until when it must be answered */
async function disputed(request_id: string, days: number, inDays: number): Promise<string> {
  const { created_at, alerts } = await rig.state(request_id);
  const answer_by = new Date(Date.parse(created_at) + (days + inDays) * DAY).toISOString();
  const dispute = { event: 'dispute_received', category: 'fraudulent', evidence_required_by: answer_by } as const;
  rig.sandbox.orders.report(request_id, dispute);
  const isRaised = async () => (await rig.state(request_id)).alerts.length > alerts.length;
  await waitFor(isRaised, { what: 'the dispute' });
  await rig.quiet(request_id);
  return answer_by;
}

const acknowledge = async (request_id: string) => rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] });

const reminders = (request_id: string) =>
  rig.sandbox.merchant.received(request_id).filter(({ type }) => type === 'payin.answer_due');
const reminded = async (request_id: string) =>
  (await rig.records.events(request_id, { limit: 100 })).filter(({ kind }) => kind === 'answer_due');

it('a dispute that comes months after the end is told again two days before its deadline, once', async () => {
  const request_id = await paid(90);
  const answer_by = await disputed(request_id, 90, 14);
  await rig.pass(11.9 * DAY);
  await rig.quiet(request_id);
  expect(await reminded(request_id)).toEqual([]);
  await rig.pass(0.2 * DAY);
  await waitFor(() => reminders(request_id).length === 1, { what: 'the reminder' });
  expect(await reminded(request_id)).toMatchObject([{ data: { code: 'dispute_received', answer_by } }]);
  await rig.pass(7 * DAY);
  await rig.quiet(request_id);
  expect(await reminded(request_id)).toHaveLength(1);
  expect((await rig.state(request_id)).needs_attention).toBe(true);
  await acknowledge(request_id);
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
});

it('nobody is reminded of a dispute that was dealt with, or of one with a day left', async () => {
  const dealtWith = await paidDifferently();
  await disputed(dealtWith, 0, 4);
  await rig.handle(dealtWith).executeUpdate('acknowledge', { args: [{ ...MIA, code: 'dispute_received' }] });
  const late = await paid(0);
  await disputed(late, 0, 1);
  await rig.pass(5 * DAY);
  // Its run is still open: its amount is not dealt with.
  expect(await rig.state(dealtWith)).toMatchObject({ needs_attention: true });
  for (const request_id of [dealtWith, late]) expect(await reminded(request_id)).toEqual([]);
  await acknowledge(late);
});

it('of two disputes each has its reminder, also where Lesspay is still polled', async () => {
  const request_id = await paidDifferently();
  const later = await disputed(request_id, 0, 6);
  const soon = await disputed(request_id, 0, 4);
  await rig.passUntil('6 hours', 'both', async () => (await reminded(request_id)).length === 2);
  expect((await reminded(request_id)).map(({ data }) => data['answer_by'])).toEqual([soon, later]);
  const polls = rig.sandbox.calls(request_id).query_calls;
  await rig.passUntil('6 hours', 'the next poll', async () => rig.sandbox.calls(request_id).query_calls > polls);
  await rig.handle(request_id).executeUpdate('resolve', { args: [{ ...MIA, status: 'SUCCEED' }] });
  await acknowledge(request_id);
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
});

it('its deadline is counted down in the answers of the API', async () => {
  const request_id = await paid(0);
  const answer_by = await disputed(request_id, 0, 400);
  const left = Math.floor((Date.parse(answer_by) - Date.now()) / 1_000);
  const { body } = await rig.get(request_id);
  expect(body).toMatchObject({ alerts: [{ answer_by }] });
  const [alert] = z.array(z.object({ seconds_left: z.int() })).parse(body['alerts']);
  expect(Math.abs((alert?.seconds_left ?? 0) - left)).toBeLessThan(60);
  await acknowledge(request_id);
  expect((await rig.get(request_id)).body).toMatchObject({
    alerts: [expect.not.objectContaining({ seconds_left: expect.anything() })],
  });
});
