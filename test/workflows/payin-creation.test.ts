import type { FaultInput } from '../../sandbox/faults';
import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Creation under doubt (docs/design.md, rule 3): whatever becomes of an attempt, one order at most, and no payment slips through. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig({ createTimeoutMs: 2_000 });
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const calls = (request_id: string) => rig.sandbox.calls(request_id);
const status = async (request_id: string) => (await rig.state(request_id)).status;

/** The answer of POST, while time passes. */
async function answerOf(request_id: string, expires_in = 1_800) {
  let answer: Awaited<ReturnType<typeof rig.post>> | undefined;
  void rig.post({ ...requestOf(request_id), expires_in }).then((given) => (answer = given));
  await waitFor(() => calls(request_id).create_calls > 0, { what: 'the first create-order' });
  await rig.passUntil('1 second', 'the answer', () => Promise.resolve(answer !== undefined));
  return answer;
}

const DOUBTFUL: [string, Omit<Extract<FaultInput, { on: 'create' }>, 'on' | 'request_id'>][] = [
  ['a time-out', { answer_delay_ms: 600_000 }],
  ['a reset', { reset: true }],
  ['HTTP 500', { http_status: 500 }],
  ['HTTP 502', { http_status: 502 }],
  ['HTTP 503', { http_status: 503 }],
  ['HTTP 408', { http_status: 408 }],
  ['code 10', { code: 10 }],
  ['code 12', { code: 12 }],
  ['an unknown code', { code: 777 }],
  ['an HTML page', { body: 'html' }],
  ["a firewall's page", { http_status: 403, body: 'html' }],
  ["a CDN's page for what is gone", { http_status: 404, body: 'html' }],
  ['half an answer', { body: 'truncated' }],
  ['an empty answer', { body: 'empty' }],
];

describe.each(DOUBTFUL)('after %s', (_what, fault) => {
  it('that took effect, the order is looked up and adopted, never made again', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, ...fault, takes_effect: true });
    expect(await answerOf(request_id)).toMatchObject({ status: 409, body: { code: 'checkout_url_lost' } });
    expect(calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
    expect(calls(request_id).query_calls).toBeGreaterThan(0);
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it('that took none, the order is looked up, then made', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, ...fault, takes_effect: false });
    const answer = await answerOf(request_id);
    expect(answer).toMatchObject({ status: 201 });
    expect(answer?.body['checkout_url']).toBe(rig.sandbox.orders.get(request_id).checkout_url);
    expect(calls(request_id)).toMatchObject({ create_calls: 2, orders_created: 1 });
    expect(calls(request_id).query_calls).toBeGreaterThan(0);
    rig.sandbox.orders.act(request_id, 'pay');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });
});

it('a look-up that lags behind says "not found" first: 1201 after doubt is looked up again, and adopted', async () => {
  const request_id = newRequestId();
  rig.sandbox.settings.change({ query_lag_ms: 3_000 });
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
  const answer = await answerOf(request_id);
  rig.sandbox.settings.change({ query_lag_ms: 0 });
  expect(answer?.body['code']).toBe('checkout_url_lost');
  expect(calls(request_id)).toMatchObject({ orders_created: 1 });
  expect(calls(request_id).create_calls).toBeGreaterThan(1);
  expect(await rig.state(request_id)).toMatchObject({ status: 'PENDING_PAY', alerts: [] });
});

it.each([
  ['amount', { amount: '10.00' }],
  ['currency', { currency: 'USDC' }],
])('a look-up that finds an order of another %s refuses it', async (_what, differs) => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
  rig.sandbox.faults.add({ on: 'query', request_id, ...differs });
  expect((await answerOf(request_id))?.body['code']).toBe('request_id_taken');
  expect(await rig.state(request_id)).toMatchObject({ status: 'REJECTED', taken: true, needs_attention: true });
});

it('a look-up that finds the order paid already ends the pay-in', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
  rig.sandbox.faults.add({ on: 'query', request_id, status: 'SUCCEED', times: null });
  expect(await answerOf(request_id)).toMatchObject({ status: 201, body: { status: 'SUCCEED' } });
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
});

it('code 11 after an attempt that took effect does not make it REJECTED', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, http_status: 500, takes_effect: true });
  rig.sandbox.faults.add({ on: 'query', request_id, hide: true });
  rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: 'parameter error' });
  expect((await answerOf(request_id))?.body['code']).toBe('checkout_url_lost');
  expect(await status(request_id)).toBe('CREATING');
  rig.sandbox.orders.act(request_id, 'pay');
  await waitFor(async () => (await status(request_id)) === 'SUCCEED', { what: 'SUCCEED' });
});

it.each([5000, 5002, 9999, 11])('code %i without doubt: REJECTED, and no order', async (code) => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, code, msg: 'no' });
  expect(await answerOf(request_id)).toMatchObject({ status: 422, body: { lesspay_code: code } });
  expect(await rig.result(request_id)).toMatchObject({ status: 'REJECTED', needs_attention: false });
});

it("Lesspay down for the order's whole lifetime: no more attempts then, and UNRESOLVED in the open", async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, http_status: 503, times: null });
  rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, times: null });
  void rig.post({ ...requestOf(request_id), expires_in: 600 });
  await waitFor(() => calls(request_id).create_calls > 0, { what: 'the first create-order' });
  await rig.pass('2 hours');
  rig.sandbox.faults.clear();
  await rig.passUntil('12 hours', 'the end of the window', async () => (await status(request_id)) === 'UNRESOLVED');
  expect(calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 0 });
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['unresolved']);
});
