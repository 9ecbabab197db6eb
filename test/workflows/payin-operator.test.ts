import { wakePayin } from '../../client';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** What operators do to a running pay-in, what is refused, and the trail it leaves. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.sandbox.faults.clear();
  rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
});

const MIA = { who: 'mia', why: 'the payer called' };
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const calls = (request_id: string) => rig.sandbox.calls(request_id);
const state = (request_id: string) => rig.state(request_id);
const ended = async (request_id: string) => (await rig.handle(request_id).describe()).status.name !== 'RUNNING';

const operate = (request_id: string, update: string, note: object = MIA) =>
  rig.handle(request_id).executeUpdate(update, { args: [note] });

/** The words of an update's refusal. */
async function refusal(request_id: string, update: string, note: object = MIA): Promise<string> {
  const error: unknown = await operate(request_id, update, note).catch((thrown: unknown) => thrown);
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : `not refused: ${String(error)}`;
}

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

async function paidDifferently(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await operate(request_id, 'pollNow');
  expect((await state(request_id)).status).toBe('PAID');
  return request_id;
}

async function unresolved(): Promise<string> {
  const request_id = await started();
  rig.sandbox.faults.add({ on: 'query', request_id, status: 'PENDING_PAY', times: null });
  await rig.passUntil('1 day', 'the end of the window', async () => (await state(request_id)).status === 'UNRESOLVED');
  return request_id;
}

it.each(['pollNow', 'acknowledge', 'resolve', 'adopt', 'stopWatching', 'resumeWatching'])(
  '%s wants to know who and why',
  async (update) => {
    const request_id = await started();
    expect(await refusal(request_id, update, { who: 'mia' })).toMatch(/say why/);
    expect(await refusal(request_id, update, { who: ' ', why: 'x' })).toMatch(/say who/);
    expect((await state(request_id)).audit).toEqual([]);
  },
);

describe('a note', () => {
  it('that is too long, or says more than it may, is refused, and the refusal names the member and the limit', async () => {
    const request_id = await paidDifferently();
    const { audit } = await state(request_id);
    const long = 'x'.repeat(501);
    expect(await refusal(request_id, 'acknowledge', { who: 'mia', why: long })).toMatch(
      /say why, in at most 500 characters, not 501/,
    );
    expect(await refusal(request_id, 'acknowledge', { who: long, why: 'x' })).toMatch(/say who, in at most 500/);
    // A slip of the pen that would have dealt with all alerts.
    expect(await refusal(request_id, 'acknowledge', { ...MIA, cod: 'credentials' })).toMatch(
      /"cod" is unknown here: say "who", "why", "code" and no more/,
    );
    expect(await refusal(request_id, 'acknowledge', { ...MIA, code: 'x'.repeat(65) })).toMatch(
      /say code, in at most 64/,
    );
    expect(await refusal(request_id, 'pollNow', { ...MIA, status: 'SUCCEED' })).toMatch(/"status" is unknown here/);
    expect(await state(request_id)).toMatchObject({ needs_attention: true, audit });
  });
});

describe('pollNow', () => {
  it('asks Lesspay, and answers with what it said', async () => {
    const request_id = await started();
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await operate(request_id, 'pollNow')).toMatchObject({
      status: 'SUCCEED',
      audit: [{ action: 'pollNow', ...MIA, at: expect.any(String) }],
    });
    expect((await rig.result(request_id)).audit).toHaveLength(1);
  });

  it('while the order is being made ends with the attempt, and holds up nothing', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, http_status: 429, times: 3 });
    rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: 'no' });
    void rig.post(requestOf(request_id));
    await waitFor(() => calls(request_id).create_calls > 0, { what: 'the first attempt' });
    const asked = operate(request_id, 'pollNow');
    await rig.passUntil('2 seconds', 'the refusal', async () => (await state(request_id)).status === 'REJECTED');
    await expect(asked).resolves.toMatchObject({ audit: [{ action: 'pollNow' }] });
    expect((await rig.result(request_id)).status).toBe('REJECTED');
  });

  it("is refused for somebody else's order", async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, code: 1201, msg: 'duplicate' });
    await rig.post(requestOf(request_id));
    expect(await refusal(request_id, 'pollNow')).toMatch(/if the order is ours after all, adopt it first/);
    expect(calls(request_id).query_calls).toBe(0);
  });
});

describe('acknowledge', () => {
  it('deals with the alerts of one code, and leaves the others open', async () => {
    const request_id = await paidDifferently();
    rig.sandbox.faults.add({ on: 'query', request_id, body: 'truncated' });
    await operate(request_id, 'pollNow');
    expect(codes((await state(request_id)).alerts)).toEqual(['amount_mismatch', 'query_unreadable']);
    expect(await refusal(request_id, 'acknowledge', { ...MIA, code: 'unresolved' })).toMatch(/amount_mismatch/);
    const after = await operate(request_id, 'acknowledge', { ...MIA, code: 'query_unreadable' });
    expect(after).toMatchObject({ needs_attention: true });
    expect(await operate(request_id, 'acknowledge')).toMatchObject({ needs_attention: false });
    expect(await refusal(request_id, 'acknowledge')).toMatch(/no open alert/);
  });
});

describe('resolve', () => {
  it('decides what became of an order that was paid in another amount', async () => {
    const request_id = await paidDifferently();
    expect(await operate(request_id, 'resolve', { ...MIA, status: 'SUCCEED' })).toMatchObject({
      status: 'SUCCEED',
      needs_attention: false,
      audit: [{ action: 'pollNow' }, { action: 'resolve PAID -> SUCCEED', ...MIA }],
    });
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('is not called a conflict because Lesspay still says what it said', async () => {
    const request_id = await paidDifferently();
    await operate(request_id, 'resolve', { ...MIA, status: 'SUCCEED' });
    await rig.result(request_id);
    await wakePayin(rig.client, request_id, MIA);
    await rig.passUntil('3 seconds', 'the end', () => ended(request_id));
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', needs_attention: false });
    expect(calls(request_id).query_calls).toBeGreaterThan(1);
  });

  it('decides what nobody could find out, and what Lesspay says afterwards is not lost', async () => {
    const request_id = await unresolved();
    await operate(request_id, 'resolve', { ...MIA, status: 'FAILED' });
    expect((await rig.result(request_id)).status).toBe('FAILED');
    rig.sandbox.faults.clear();
    rig.sandbox.orders.act(request_id, 'pay', { force: true });
    await waitFor(async () => (await state(request_id)).status === 'SUCCEED', { what: 'the late payment' });
    expect(codes((await state(request_id)).alerts)).toEqual(['unresolved', 'late_payment']);
  });

  it("never overrides Lesspay's word, nor takes what is no decision", async () => {
    const pending = await started();
    expect(await refusal(pending, 'resolve', { ...MIA, status: 'SUCCEED' })).toMatch(
      /only Lesspay can change PENDING_PAY/,
    );
    const request_id = await paidDifferently();
    expect(await refusal(request_id, 'resolve', { ...MIA, status: 'PENDING_PAY' })).toMatch(/must be one of SUCCEED/);
    expect(await refusal(request_id, 'resolve', { ...MIA, status: 'REJECTED' })).toMatch(/must be one of/);
    expect((await state(request_id)).status).toBe('PAID');
  });
});

describe('adopt', () => {
  it('takes an order for ours after all, and watches it to its end', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, code: 1201, takes_effect: true });
    expect((await rig.post(requestOf(request_id))).body['code']).toBe('request_id_taken');
    expect(await state(request_id)).toMatchObject({ status: 'REJECTED', taken: true });
    await operate(request_id, 'adopt');
    await waitFor(async () => (await state(request_id)).status === 'PENDING_PAY', { what: 'the adoption' });
    expect(await state(request_id)).toMatchObject({ taken: false, needs_attention: false });
    expect((await rig.post(requestOf(request_id))).body['code']).toBe('checkout_url_lost');
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'the payment', () => ended(request_id));
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', audit: [{ action: 'adopt', ...MIA }] });
    expect(calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
  });

  it('of an order of another amount is PAID at best, and flagged', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
    rig.sandbox.faults.add({ on: 'query', request_id, amount: '10.00', times: 2 });
    expect((await rig.post(requestOf(request_id))).body['code']).toBe('request_id_taken');
    rig.sandbox.orders.act(request_id, 'pay');
    await operate(request_id, 'adopt');
    await waitFor(async () => (await state(request_id)).status === 'PAID', { what: 'PAID' });
    expect((await state(request_id)).alerts.at(-1)?.code).toBe('amount_mismatch');
  });

  it('is refused where there is nothing to adopt', async () => {
    expect(await refusal(await started(), 'adopt')).toMatch(/nothing to adopt/);
  });
});

describe('stopWatching and resumeWatching', () => {
  it('stop the polls, and go on with them', async () => {
    const request_id = await started();
    await operate(request_id, 'stopWatching');
    expect(await refusal(request_id, 'stopWatching')).toMatch(/not watched/);
    await rig.pass('10 minutes');
    expect(calls(request_id).query_calls).toBe(0);
    await operate(request_id, 'resumeWatching');
    await waitFor(() => calls(request_id).query_calls === 1, { what: 'the first question' });
    expect(await refusal(request_id, 'resumeWatching')).toMatch(/watched already/);
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'a poll finds it', () => ended(request_id));
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });

  it('undo Cancel of the Temporal UI, which anybody may click', async () => {
    const request_id = await started();
    await rig.handle(request_id).cancel();
    await waitFor(async () => (await state(request_id)).audit.length === 1, { what: 'the audit of Cancel' });
    await operate(request_id, 'resumeWatching');
    expect((await state(request_id)).audit.map(({ action }) => action)).toEqual(['stopWatching', 'resumeWatching']);
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'a poll finds it', () => ended(request_id));
  });

  it('watch for a whole new window where the old one is over', async () => {
    const request_id = await unresolved();
    const polled = calls(request_id).query_calls;
    await operate(request_id, 'resumeWatching');
    await rig.pass('1 day');
    expect(calls(request_id).query_calls).toBeGreaterThan(polled + 20);
    rig.sandbox.faults.clear();
    rig.sandbox.faults.add({ on: 'query', request_id, status: 'SUCCEED', times: null });
    await rig.passUntil('1 hour', 'a poll finds it', async () => (await state(request_id)).status === 'SUCCEED');
    // That it was unresolved is over: nobody has to say so.
    expect(await rig.result(request_id)).toMatchObject({
      status: 'SUCCEED',
      alerts: [{ over_at: expect.any(String) }],
    });
  });
});
