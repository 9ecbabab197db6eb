import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Pay-ins on the time-skipping Temporal server, against the sandbox: ordinary days, and the first bad ones. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

async function startedPayin() {
  const request_id = newRequestId();
  const answer = await rig.post(requestOf(request_id));
  expect(answer.status).toBe(201);
  return { request_id, answer };
}

const status = async (request_id: string) => (await rig.state(request_id)).status;
const ended = async (request_id: string) => (await rig.handle(request_id).describe()).status.name === 'COMPLETED';
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);

describe('with webhooks', () => {
  it('completes with SUCCEED as soon as the webhook came and query-order confirms it', async () => {
    const { request_id, answer } = await startedPayin();
    expect(answer.body).toMatchObject({
      status: 'PENDING_PAY',
      checkout_url: rig.sandbox.orders.get(request_id).checkout_url,
    });
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false, alerts: [] });
    expect(rig.sandbox.calls(request_id)).toMatchObject({ orders_created: 1 });
    expect(rig.sandbox.calls(request_id).query_calls).toBeGreaterThan(0);
  });

  it.each([
    ['decline', 'FAILED'],
    ['cancel', 'CANCELED'],
  ] as const)('completes after %s with %s', async (action, outcome) => {
    const { request_id } = await startedPayin();
    rig.sandbox.orders.act(request_id, action);
    expect((await rig.result(request_id)).status).toBe(outcome);
  });

  it('does not ask for webhooks that say nothing new, and folds identical ones', async () => {
    const { request_id } = await startedPayin();
    const claim = { request_id, status: 'PENDING_CONFIRM' } as const;
    for (let copy = 0; copy < 10; copy += 1) await rig.sandbox.webhooks.send(claim);
    rig.sandbox.faults.add({ on: 'webhook', request_id, double: true });
    rig.sandbox.orders.act(request_id, 'pay');
    const { notices } = await rig.result(request_id);
    // When the second copy comes while the run ends, Temporal repeats its last step, which goes on from the order record.
    expect(codes(notices).filter((code) => code !== 'overtaken')).toEqual(['stale_webhook']);
    expect(rig.sandbox.calls(request_id).query_calls).toBeLessThanOrEqual(2);
  });

  it('believes query-order, not the webhook: a claim of payment alone never ends it', async () => {
    const { request_id } = await startedPayin();
    await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' });
    await waitFor(() => rig.sandbox.calls(request_id).query_calls > 0, { what: 'the first question' });
    await rig.pass('50 seconds');
    expect(await status(request_id)).toBe('PENDING_PAY');
    // At once, then after 1, 2, 5, 10 and 30 s, besides the poll that was due.
    expect(rig.sandbox.calls(request_id).query_calls).toBeGreaterThanOrEqual(6);
    rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'the payment is seen', () => ended(request_id));
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });
});

describe('without any webhook', () => {
  beforeEach(() => void rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null }));

  it('finds the payment by polling', async () => {
    const { request_id } = await startedPayin();
    await rig.pass('3 minutes');
    expect(await status(request_id)).toBe('PENDING_PAY');
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('30 seconds', 'a poll finds it', () => ended(request_id));
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('finds that nobody paid, a minute after the lifetime', async () => {
    const { request_id } = await startedPayin();
    await rig.pass('30 minutes');
    expect(await status(request_id)).toBe('PENDING_PAY');
    await rig.pass('90 seconds');
    expect((await rig.result(request_id)).status).toBe('CLOSED');
  });

  it('polls for days, then says UNRESOLVED in the open, and a late payment still ends it', async () => {
    const { request_id } = await startedPayin();
    // Lesspay never says that the order is closed.
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_PAY', times: null });
    await rig.passUntil(
      '4 hours',
      'the end of the watch window',
      async () => (await status(request_id)) === 'UNRESOLVED',
    );
    const state = await rig.state(request_id);
    expect(codes(state.alerts)).toEqual(['unresolved']);
    expect(state.needs_attention).toBe(true);
    const days = (Date.parse(state.alerts[0]?.at ?? '') - Date.parse(state.created_at)) / 86_400_000;
    expect(days).toBeCloseTo(7, 1);

    const polled = rig.sandbox.calls(request_id).query_calls;
    expect(polled).toBeGreaterThan(40);
    await rig.pass('2 days');
    expect(rig.sandbox.calls(request_id).query_calls).toBe(polled);

    rig.sandbox.faults.clear();
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'SUCCEED' });
    await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' });
    await waitFor(async () => (await status(request_id)) === 'SUCCEED', { what: 'the late payment' });
    // What the alert told of is over by itself.
    expect(await rig.result(request_id)).toMatchObject({
      status: 'SUCCEED',
      needs_attention: false,
      alerts: [{ code: 'unresolved', over_at: expect.any(String) }],
    });
  });
});

describe('when Lesspay is down', () => {
  it('for an hour while it is polled: the outcome is found within a minute of its return', async () => {
    const { request_id } = await startedPayin();
    rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
    rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.pass('1 hour');
    expect(await status(request_id)).toBe('PENDING_PAY');
    expect(rig.sandbox.calls(request_id).query_calls).toBeGreaterThan(50);
    rig.sandbox.faults.clear();
    await rig.pass('61 seconds');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('for an hour while the order is made: made once, when Lesspay is back', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', http_status: 500, times: null });
    rig.sandbox.faults.add({ on: 'query', http_status: 500, times: null });
    const waiting = rig.post({ ...requestOf(request_id), expires_in: 7_200 });
    await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'the first attempt' });
    await rig.pass('1 hour');
    expect((await waiting).status).toBe(202);
    expect(await status(request_id)).toBe('CREATING');
    rig.sandbox.faults.clear();
    await rig.passUntil('30 seconds', 'the order', async () => (await status(request_id)) === 'PENDING_PAY');
    expect(rig.sandbox.calls(request_id).orders_created).toBe(1);
    expect((await rig.get(request_id)).body['checkout_url']).toBe(rig.sandbox.orders.get(request_id).checkout_url);
  });
});

describe('when the answer of create-order is lost', () => {
  it('adopts the order, tells that its checkout page is lost, and watches it to its end', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', drop: 'after' });
    const answer = await rig.post(requestOf(request_id));
    expect(answer.status).toBe(409);
    expect(answer.body['code']).toBe('checkout_url_lost');
    const order = rig.sandbox.orders.get(request_id);
    expect(await rig.state(request_id)).toMatchObject({ status: 'PENDING_PAY', pay_order_id: order.pay_order_id });
    rig.sandbox.orders.act(request_id, 'pay');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
    // Paid all the same: nobody is told to start another one any more.
    expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body: { status: 'SUCCEED' } });
  });

  it('hands out the checkout page where query-order shows it', async () => {
    rig.sandbox.settings.change({ query_shows_checkout_url: true });
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', drop: 'after' });
    const answer = await rig.post(requestOf(request_id));
    rig.sandbox.settings.change({ query_shows_checkout_url: false });
    expect(answer.status).toBe(201);
    expect(answer.body['checkout_url']).toBe(rig.sandbox.orders.get(request_id).checkout_url);
  });

  it('adopts the order also when the first look-up does not show it yet', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', drop: 'after' });
    rig.sandbox.faults.add({ on: 'query', hide: true });
    const waiting = rig.post(requestOf(request_id));
    await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'the first attempt' });
    await rig.passUntil('1 second', 'the order', async () => (await status(request_id)) === 'PENDING_PAY');
    expect((await waiting).body['code']).toBe('checkout_url_lost');
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 2, orders_created: 1 });
    expect(codes((await rig.state(request_id)).alerts)).toEqual([]);
  });

  it("never adopts an order of another amount: it is somebody else's", async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', drop: 'after' });
    rig.sandbox.faults.add({ on: 'query', amount: '10.00' });
    const answer = await rig.post(requestOf(request_id));
    expect([answer.status, answer.body['code']]).toEqual([409, 'request_id_taken']);
    expect(await rig.state(request_id)).toMatchObject({ status: 'REJECTED', needs_attention: true });
  });
});

describe('when Lesspay says no', () => {
  it("ends REJECTED with Lesspay's own code and words", async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', code: 5000, msg: 'merchant is limited' });
    const answer = await rig.post(requestOf(request_id));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'rejected',
      lesspay_code: 5000,
      detail: expect.stringContaining('merchant is limited'),
    });
    expect(await rig.result(request_id)).toMatchObject({ status: 'REJECTED' });
    expect((await rig.post(requestOf(request_id))).body).toMatchObject({ code: 'rejected', lesspay_code: 5000 });
  });

  it("takes a request_id that Lesspay knows, and we don't, for somebody else's", async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', code: 1201, msg: 'duplicate' });
    const answer = await rig.post(requestOf(request_id));
    expect([answer.status, answer.body['code']]).toEqual([409, 'request_id_taken']);
    expect(codes((await rig.state(request_id)).alerts)).toEqual(['request_id_taken']);
    await rig.handle(request_id).executeUpdate('acknowledge', { args: [{ who: 'ops', why: 'a twin system' }] });
    expect((await rig.result(request_id)).status).toBe('REJECTED');
  });

  it('goes on by itself when our credentials are refused for a while, and flags it', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', code: 5004, msg: 'no permission' });
    const waiting = rig.post(requestOf(request_id));
    await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'the first attempt' });
    await rig.passUntil('1 minute', 'the order', async () => (await status(request_id)) === 'PENDING_PAY');
    expect([200, 201, 202]).toContain((await waiting).status);
    expect(codes((await rig.state(request_id)).alerts)).toEqual(['credentials']);
  });
});

it('Cancel in the UI stops the polls and loses nothing: a webhook still ends the pay-in', async () => {
  const { request_id } = await startedPayin();
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true });
  await rig.handle(request_id).cancel();
  await rig.pass('3 hours');
  expect(await rig.state(request_id)).toMatchObject({ status: 'PENDING_PAY' });
  expect((await rig.handle(request_id).describe()).status.name).toBe('RUNNING');
  expect(rig.sandbox.calls(request_id).query_calls).toBe(0);
  rig.sandbox.faults.add({ on: 'query', request_id, status: 'SUCCEED' });
  await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' });
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
});
