import type { FaultInput } from '../../sandbox/faults';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Every line of docs/design.md, "Status", reached by a real workflow. (Ends after the end: payin-resumed.test.ts) */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());
afterEach(() => void rig.sandbox.settings.change({ new_order_status: 'PENDING_PAY' }));

const MIA = { who: 'mia', why: 'a test' };
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const state = (request_id: string) => rig.state(request_id);
const is = (request_id: string, status: string) =>
  waitFor(async () => (await state(request_id)).status === status, { what: status });
const pollNow = (request_id: string) => rig.handle(request_id).executeUpdate('pollNow', { args: [MIA] });

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

/** A run that is flagged stays open, shows it in the list of what is left to do, and says what to do. */
async function expectFlagged(request_id: string, status: string, ...alerts: string[]): Promise<void> {
  const { status: now, needs_attention, alerts: raised } = await state(request_id);
  expect({ status: now, needs_attention, alerts: codes(raised) }).toEqual({ status, needs_attention: true, alerts });
  const { status: run, typedSearchAttributes } = await rig.handle(request_id).describe();
  expect(run.name).toBe('RUNNING');
  const shown = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  expect(shown).toMatchObject({ NeedsAttention: true, PayinStatus: status });
}

describe('what Lesspay says is taken over', () => {
  it('PENDING_CONFIRM, then PENDING_PAY, and never back', async () => {
    rig.sandbox.settings.change({ new_order_status: 'PENDING_CONFIRM' });
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'confirm');
    await pollNow(request_id);
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_CONFIRM' });
    expect(await pollNow(request_id)).toMatchObject({ status: 'PENDING_PAY', alerts: [] });
  });

  it.each([
    ['pay', 'SUCCEED'],
    ['decline', 'FAILED'],
    ['cancel', 'CANCELED'],
    ['expire', 'CLOSED'],
  ] as const)('%s: %s, and the run completes', async (action, status) => {
    const request_id = await started();
    rig.sandbox.orders.act(request_id, action);
    expect(await rig.result(request_id)).toMatchObject({ status, alerts: [], outcome_at: expect.any(String) });
  });

  it('a refund that overtakes the payment: REFUND', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true });
    rig.sandbox.orders.act(request_id, 'pay');
    rig.sandbox.orders.act(request_id, 'refund');
    expect(await rig.result(request_id)).toMatchObject({ status: 'REFUND', alerts: [] });
  });

  it.each([
    ['pay', 'SUCCEED', []],
    ['refund', 'REFUND', []],
    ['decline', 'FAILED', ['ended_with_money']],
    ['cancel', 'CANCELED', ['ended_with_money']],
    ['expire', 'CLOSED', ['ended_with_money']],
  ] as const)('PAID, then %s: %s; the flag stays until a person has seen it', async (action, status, more) => {
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'pay-different', { amount: '99.99' });
    await is(request_id, 'PAID');
    await expectFlagged(request_id, 'PAID', 'amount_mismatch');
    rig.sandbox.orders.act(request_id, action, { force: true });
    await is(request_id, status);
    await expectFlagged(request_id, status, 'amount_mismatch', ...more);
    await rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] });
    expect((await rig.result(request_id)).status).toBe(status);
  });
});

describe('what does not fit is flagged, and never reported as paid in full', () => {
  const amount = (what: object, status: string): FaultInput => ({ on: 'query', ...what, status });

  it.each([
    ['another amount', { amount: '10.00' }],
    ['another currency', { currency: 'USDC' }],
  ])('SUCCEED with %s is PAID at best', async (_what, what) => {
    const request_id = await started();
    rig.sandbox.faults.add({ ...amount(what, 'SUCCEED'), request_id });
    await pollNow(request_id);
    await expectFlagged(request_id, 'PAID', 'amount_mismatch');
  });

  it('the same amount written in another way is no other amount', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ ...amount({ amount: '0100.0' }, 'SUCCEED'), request_id });
    await pollNow(request_id);
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it.each([
    ['row_pay_order_id', 'P9'],
    ['row_request_id', 'somebody'],
  ] as const)('an answer about another order (%s) is not applied', async (member, id) => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, [member]: id, status: 'SUCCEED' });
    await pollNow(request_id);
    await expectFlagged(request_id, 'PENDING_PAY', 'identity_mismatch');
  });

  it("a row of somebody else's order is no answer about ours", async () => {
    const request_id = await started();
    const other = { row_request_id: 'somebody', row_pay_order_id: 'P9' };
    rig.sandbox.faults.add({ on: 'query', request_id, ...other, status: 'SUCCEED' });
    expect(await pollNow(request_id)).toMatchObject({ status: 'PENDING_PAY', alerts: [] });
  });

  it('a status unknown to us', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'FROZEN' });
    await pollNow(request_id);
    await expectFlagged(request_id, 'PENDING_PAY', 'unknown_status');
  });

  it('an answer that is truncated', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, body: 'truncated' });
    await pollNow(request_id);
    await expectFlagged(request_id, 'PENDING_PAY', 'query_unreadable');
    rig.sandbox.orders.act(request_id, 'pay');
    await is(request_id, 'SUCCEED');
  });

  it.each([{ code: 5004 }, { http_status: 401 }, { http_status: 403, code: 5004 }])(
    'credentials that are refused (%j) end nothing',
    async (refused) => {
      const request_id = await started();
      rig.sandbox.faults.add({ on: 'query', request_id, ...refused });
      await pollNow(request_id);
      await expectFlagged(request_id, 'PENDING_PAY', 'credentials');
      rig.sandbox.orders.act(request_id, 'pay');
      await is(request_id, 'SUCCEED');
    },
  );

  it('credentials that are refused while our clock is off: the alert says so', async () => {
    const request_id = await started();
    rig.sandbox.settings.change({ clock_skew_ms: 6 * 60_000 });
    rig.sandbox.faults.add({ on: 'query', request_id, code: 5004 });
    await pollNow(request_id);
    rig.sandbox.settings.change({ clock_skew_ms: 0 });
    expect((await state(request_id)).alerts).toMatchObject([
      { code: 'credentials', message: expect.stringMatching(/Our clock is 6 minutes behind/) },
    ]);
  });

  it('a webhook about another order does not end ours', async () => {
    const request_id = await started();
    await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED', overrides: { pay_order_id: 'P1' } });
    await waitFor(async () => (await state(request_id)).needs_attention, { what: 'the alert' });
    await expectFlagged(request_id, 'PENDING_PAY', 'identity_mismatch');
    expect(rig.sandbox.calls(request_id).query_calls).toBe(0);
  });
});

describe('Lesspay is out of reach, and no alert is raised, when what answers in its place is', () => {
  it.each([
    ["a firewall's page", { http_status: 403, body: 'html' }],
    ["a gateway's refusal", { http_status: 403 }],
    ["a proxy's page that asks who we are", { http_status: 401, body: 'html' }],
    ["a CDN's page for a bad request", { http_status: 400, body: 'html' }],
    ["a CDN's page for what is gone", { http_status: 404, body: 'html' }],
    ['a page', { body: 'html' }],
    ['a word', { body: 'not_json' }],
    ['nothing', { body: 'empty' }],
  ] as const)('%s', async (_what, fault) => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, ...fault, times: 2 });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(rig.sandbox.calls(request_id).query_calls).toBeGreaterThan(2);
  });
});

it('a declined payment is a notice, and nothing else', async () => {
  const request_id = await started();
  rig.sandbox.orders.report(request_id, { event: 'payment_declined', code: '30034' });
  await waitFor(async () => (await state(request_id)).notices.length > 0, { what: 'the notice' });
  expect(await state(request_id)).toMatchObject({
    status: 'PENDING_PAY',
    needs_attention: false,
    notices: [{ code: 'payment_declined', message: expect.stringContaining('30034') }],
  });
});

describe('a claim that query-order does not show yet', () => {
  it('is found on the short schedule when the query lags seconds behind', async () => {
    rig.sandbox.settings.change({ query_lag_ms: 4_000 });
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    await rig.pass('5 seconds');
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(() => rig.sandbox.calls(request_id).query_calls > 0, { what: 'the first question' });
    expect((await state(request_id)).status).toBe('PENDING_PAY');
    // Asked again after 1, 2 and 5 s; the first poll would come after half a minute.
    for (let seconds = 0; seconds < 10; seconds += 1) await rig.pass('1 second');
    await waitFor(async () => (await rig.handle(request_id).describe()).status.name === 'COMPLETED', {
      what: 'the end, long before the first poll',
    });
    rig.sandbox.settings.change({ query_lag_ms: 0 });
    // Asked for its claim alone.
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [], facts: { polls: 0 } });
    expect(rig.sandbox.calls(request_id).query_calls).toBeLessThanOrEqual(5);
  });

  it('is not forgotten when query-order is down for three hours', async () => {
    const request_id = await started();
    rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.pass('3 hours');
    expect(await state(request_id)).toMatchObject({ status: 'PENDING_PAY', needs_attention: false });
    rig.sandbox.faults.clear();
    await rig.pass('61 seconds');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });
});
