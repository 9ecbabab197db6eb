import { wakePayin } from '../../client';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Money, and words about it, that come when nobody looks any more: asked about, and a person's where it is true. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

const MIA = { who: 'mia', why: 'a test' };
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const calls = (request_id: string) => rig.sandbox.calls(request_id).query_calls;
const state = (request_id: string) => rig.state(request_id);
const ended = async (request_id: string) => (await rig.handle(request_id).describe()).status.name !== 'RUNNING';
const operate = (request_id: string, update: string, note: object = MIA) =>
  rig.handle(request_id).executeUpdate(update, { args: [{ ...MIA, ...note }] });
const open = async (request_id: string) => {
  const { status, alerts, needs_attention } = await state(request_id);
  const left = alerts.filter(({ acknowledged_at, over_at }) => !acknowledged_at && !over_at);
  expect(needs_attention).toBe(left.length > 0);
  return [status, ...codes(left)];
};
const flagged = (request_id: string) =>
  waitFor(async () => (await state(request_id)).needs_attention, { what: 'the alert' });
/** What the merchant's endpoint took, without the ordinary changes of the status. */
const told = (request_id: string) =>
  rig.sandbox.merchant.received(request_id).flatMap(({ type }) => (type === 'payin.transition' ? [] : [type]));

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

const BECOMES = { pay: 'SUCCEED', refund: 'REFUND' } as const;

async function endedAs(...actions: readonly ('pay' | 'refund')[]): Promise<string> {
  const request_id = await started();
  for (const action of actions) {
    rig.sandbox.orders.act(request_id, action);
    await waitFor(async () => (await state(request_id)).status === BECOMES[action], { what: action });
    await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
  }
  return request_id;
}

const timersFired = async (request_id: string): Promise<number> => {
  const { events } = await rig.handle(request_id).fetchHistory();
  return (events ?? []).filter((event) => event.timerFiredEventAttributes).length;
};

/** The same bytes each time. */
const sayPaid = (request_id: string) =>
  rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED', overrides: { complete_time: 1_800_000_000_000 } });

it.each([
  ['acknowledge', {}],
  ['resolve', { status: 'CLOSED' }],
])('an identical webhook is asked about again after nothing came of it and a person said %s', async (update, note) => {
  const request_id = await started();
  const fault = rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_PAY', times: null });
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
  rig.sandbox.orders.act(request_id, 'pay');
  await sayPaid(request_id);
  await waitFor(() => calls(request_id) === 1, { what: 'the question' });
  for (let copies = 0; copies < 20; copies += 1) await sayPaid(request_id);
  await rig.quiet(request_id);
  // On a slow machine seconds have passed, and the schedule has asked, too.
  const asked = calls(request_id);
  expect(asked).toBeLessThanOrEqual(1 + (await timersFired(request_id)));
  await rig.passUntil('1 day', 'the end of the window', async () => (await state(request_id)).status === 'UNRESOLVED');
  await operate(request_id, update, note);
  expect((await rig.result(request_id)).needs_attention).toBe(false);

  rig.sandbox.faults.remove(fault.id);
  await sayPaid(request_id);
  await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'the payment' });
});

it('two decisions, and Lesspay says throughout what it said: nobody is told of a conflict', async () => {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '99.50' });
  await flagged(request_id);
  await operate(request_id, 'resolve', { status: 'SUCCEED' });
  await rig.result(request_id);
  const decide = async () => {
    await wakePayin(rig.client, request_id, MIA);
    await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
    return rig.result(request_id);
  };
  expect(await decide()).toMatchObject({ status: 'SUCCEED', needs_attention: false });
  await wakePayin(rig.client, request_id, MIA);
  await operate(request_id, 'resolve', { status: 'REFUND' });
  expect(await decide()).toMatchObject({ status: 'REFUND', needs_attention: false });
  rig.sandbox.orders.act(request_id, 'decline', { force: true });
  await flagged(request_id);
  expect(await open(request_id)).toEqual(['REFUND', 'status_conflict']);
});

it('a refund that is reversed weeks later is flagged', async () => {
  const request_id = await endedAs('pay', 'refund');
  await rig.pass('30 days');
  rig.sandbox.orders.act(request_id, 'pay', { force: true });
  await flagged(request_id);
  expect(await open(request_id)).toEqual(['REFUND', 'status_conflict']);
  await operate(request_id, 'resolve', { status: 'SUCCEED' });
  await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
});

it('money that comes weeks after SUCCEED is flagged, though query-order lags ten minutes behind', async () => {
  const request_id = await endedAs('pay');
  await rig.pass('30 days');
  rig.sandbox.settings.change({ query_lag_ms: 600_000 });
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00', force: true });
  await waitFor(async () => !(await ended(request_id)), { what: 'the resumed run' });
  await rig.passUntil('2 minutes', 'the alert', async () => (await state(request_id)).needs_attention);
  rig.sandbox.settings.change({ query_lag_ms: 0 });
  expect(await open(request_id)).toEqual(['SUCCEED', 'status_conflict']);
});

it.each([
  ['PAID', 'SUCCEED', ['pay']],
  ['SUCCEED', 'REFUND', ['pay', 'refund']],
] as const)('a webhook %s that only comes late, after %s, is given up in silence', async (late, status, actions) => {
  const request_id = await endedAs(...actions);
  const asked = calls(request_id);
  await rig.sandbox.webhooks.send({ request_id, status: late });
  await waitFor(() => calls(request_id) > asked, { what: 'the question' });
  await rig.passUntil('1 minute', 'the end', () => ended(request_id));
  const result = await rig.result(request_id);
  expect(result).toMatchObject({ status, alerts: [] });
  expect(codes(result.notices)).toContain('late_webhook');
});

it('an order that ends unpaid although money had come is a person’s again, whatever was acknowledged', async () => {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await flagged(request_id);
  await operate(request_id, 'acknowledge');
  rig.sandbox.orders.act(request_id, 'expire', { force: true });
  await flagged(request_id);
  expect(await open(request_id)).toEqual(['CLOSED', 'ended_with_money']);
  expect(await ended(request_id)).toBe(false);
  await operate(request_id, 'resolve', { status: 'REFUND' });
  expect(await rig.result(request_id)).toMatchObject({ status: 'REFUND', needs_attention: false });
});

describe('a refund of a part', () => {
  const sayPart = (request_id: string) =>
    rig.sandbox.webhooks.send({ request_id, status: 'REFUND', overrides: { target_amount: '40.00' } });

  it('that query-order does not show: heard of within hours, once; the merchant is told nothing untrue', async () => {
    const request_id = await endedAs('pay');
    await sayPart(request_id);
    await waitFor(async () => !(await ended(request_id)), { what: 'the resumed run' });
    await rig.pass('1 hour');
    expect(await open(request_id)).toEqual(['SUCCEED']);
    await rig.pass('70 minutes');
    expect(await open(request_id)).toEqual(['SUCCEED', 'unconfirmed_claim']);
    expect((await state(request_id)).alerts[0]?.message).toContain('REFUND of 40 USDT');
    await rig.pass('8 days');
    expect(codes((await state(request_id)).alerts)).toEqual(['unconfirmed_claim']);
    await operate(request_id, 'acknowledge');
    await rig.result(request_id);
    expect(told(request_id)).toEqual([]);
  });

  it('that query-order shows: flagged and told once, and the status stays', async () => {
    const request_id = await endedAs('pay');
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'REFUND', amount: '40.00', times: null });
    await sayPart(request_id);
    await flagged(request_id);
    await operate(request_id, 'pollNow');
    expect(codes((await state(request_id)).alerts)).toEqual(['part_refund']);
    expect(await open(request_id)).toEqual(['SUCCEED', 'part_refund']);
    await waitFor(() => told(request_id).length > 0, { what: 'the notification' });
    await operate(request_id, 'acknowledge');
    await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
    expect(told(request_id)).toEqual(['payin.part_refund']);
    const events = await rig.records.events(request_id, { limit: 100 });
    expect(events.find(({ kind }) => kind === 'part_refund')?.data).toEqual({ amount: '40.00', currency: 'USDT' });
  });
});

it.each(['dispute_lost', 'chargeback', 'Dispute_Received'])(
  'an event %s is flagged and told, by its name',
  async (event) => {
    const request_id = await endedAs('pay');
    await rig.sandbox.webhooks.send({ request_id, overrides: { event, event_data: { code: '1' } } });
    await flagged(request_id);
    expect(await open(request_id)).toEqual(['SUCCEED', 'unknown_event']);
    expect((await state(request_id)).alerts[0]?.message).toContain(event);
    await waitFor(() => told(request_id).length > 0, { what: 'the notification' });
    expect(told(request_id)).toEqual(['payin.event']);
  },
);

describe('a condition that is over closes its own alert, with both times kept', () => {
  it.each([
    ['credentials', { http_status: 401 }],
    ['query_unreadable', { body: 'truncated' }],
  ] as const)('%s', async (code, fault) => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, ...fault });
    await operate(request_id, 'pollNow');
    expect(await open(request_id)).toEqual(['PENDING_PAY', code]);
    await rig.pass('10 minutes');
    expect(await open(request_id)).toEqual(['PENDING_PAY']);
    const alerts = [{ code, message: expect.any(String), at: expect.any(String), over_at: expect.any(String) }];
    expect((await rig.get(request_id)).body).toMatchObject({ needs_attention: false, alerts });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts });
    expect(await rig.records.find(request_id)).toMatchObject({ needs_attention: false, alerts });
    const { typedSearchAttributes } = await rig.handle(request_id).describe();
    expect(typedSearchAttributes.getAll().find(({ key }) => key.name === 'NeedsAttention')?.value).toBe(false);
  });

  it('also after the end, where only a message had Lesspay asked', async () => {
    const request_id = await endedAs('pay');
    rig.sandbox.faults.add({ on: 'query', request_id, code: 5004 });
    await wakePayin(rig.client, request_id, MIA);
    await flagged(request_id);
    expect(await open(request_id)).toEqual(['SUCCEED', 'credentials']);
    await rig.passUntil('20 minutes', 'the end', () => ended(request_id));
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
  });

  it('credentials, while the order is being made', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, code: 5004 });
    void rig.post(requestOf(request_id));
    await waitFor(() => rig.sandbox.calls(request_id).create_calls === 1, { what: 'the attempt' });
    await flagged(request_id);
    await rig.passUntil('1 minute', 'the order', async () => (await state(request_id)).status === 'PENDING_PAY');
    expect(await open(request_id)).toEqual(['PENDING_PAY']);
  });
});
