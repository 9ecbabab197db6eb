import { createLesspayClient } from '../../lesspay/client';
import { APP, newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { checkoutWithStart } from '../../client/update-with-start';
import { PAYIN_WORKFLOW, wakeSignal, webhookSignal } from '../../workflows/payin/messages';
import { TASK_QUEUE } from '../../temporal.config';

/** What a pay-in may conclude when it can't be sure, and what it may not. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

const status = async (request_id: string) => (await rig.state(request_id)).status;
const codes = (noted: readonly { code: string }[]) => noted.map(({ code }) => code);
const calls = (request_id: string) => rig.sandbox.calls(request_id);

/** Starts without waiting for the answer, which may be long in coming. */
async function begin(request_id: string, expires_in = 1_800): Promise<void> {
  void rig.post({ ...requestOf(request_id), expires_in });
  await waitFor(() => calls(request_id).create_calls > 0, { what: 'the first create-order' });
}

it('a refusal after a doubtful attempt proves nothing: the order is looked for to the end, then UNRESOLVED', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, http_status: 500 });
  rig.sandbox.faults.add({ on: 'create', request_id, code: 11, msg: 'parameter error' });
  await begin(request_id);
  await waitFor(() => calls(request_id).create_calls === 2, { what: 'the refusal' });
  await rig.pass('1 day');
  expect(await status(request_id)).toBe('CREATING');
  await rig.passUntil('1 day', 'the end of the window', async () => (await status(request_id)) === 'UNRESOLVED');
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['unresolved']);
  expect(calls(request_id).create_calls).toBe(2);
});

it('in doubt, no second create-order is sent before a look-up was answered', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'before' });
  rig.sandbox.faults.add({ on: 'query', request_id, code: 5004, msg: 'no permission', times: 2 });
  await begin(request_id);
  await waitFor(() => calls(request_id).query_calls === 1, { what: 'the look-up' });
  expect(calls(request_id).create_calls).toBe(1);
  await rig.pass('6 minutes');
  expect(calls(request_id)).toMatchObject({ create_calls: 1, query_calls: 2 });
  await rig.passUntil('1 minute', 'the order', async () => (await status(request_id)) === 'PENDING_PAY');
  expect(calls(request_id)).toMatchObject({ create_calls: 2, orders_created: 1 });
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['credentials']);
});

it('in doubt, an order that Lesspay calls a duplicate is found also when it is older than the pay-in, by one search of the past', async () => {
  const request_id = newRequestId();
  const { amount, currency, ...same } = requestOf(request_id);
  const merchant = createLesspayClient({ baseUrl: rig.sandbox.url, appId: APP.appId, secret: APP.appSecret });
  await merchant.createOrder({ ...same, target_amount: amount, target_currency: currency, expired_time: 1_209_600 });
  await rig.pass('8 days');
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'before' });
  void rig.post(requestOf(request_id));
  await waitFor(() => calls(request_id).create_calls > 2, { what: 'the refusal as a duplicate' });
  await rig.passUntil('1 second', 'the order', async () => (await status(request_id)) === 'PENDING_PAY');
  expect(calls(request_id)).toMatchObject({ create_calls: 3, orders_created: 1 });
});

it('an order that surely was never made is REJECTED when its lifetime is over, and asked for no more', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, code: 5004, msg: 'no permission', times: null });
  await begin(request_id, 3_600);
  await rig.passUntil('10 minutes', 'the end of the lifetime', async () => (await status(request_id)) === 'REJECTED');
  const made = calls(request_id).create_calls;
  expect(made).toBeGreaterThan(5);
  expect(made).toBeLessThanOrEqual(14);
  await rig.pass('1 day');
  expect(calls(request_id)).toMatchObject({ create_calls: made, query_calls: 0 });
});

it('a claim that is never shown is flagged after two hours, not forgotten', async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
  rig.sandbox.orders.act(request_id, 'decline');
  await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED' });
  await waitFor(async () => (await status(request_id)) === 'FAILED', { what: 'FAILED' });
  await rig.pass('1 hour');
  expect((await rig.handle(request_id).describe()).status.name).toBe('RUNNING');
  await rig.pass('70 minutes');
  expect(await rig.state(request_id)).toMatchObject({ status: 'FAILED', needs_attention: true });
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['unconfirmed_claim']);
});

it("an answer that can't be read is flagged and asked again, never taken for not found", async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  rig.sandbox.faults.add({ on: 'query', request_id, body: 'truncated' });
  await rig.pass('45 seconds');
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['query_unreadable']);
  rig.sandbox.orders.act(request_id, 'pay');
  await waitFor(async () => (await status(request_id)) === 'SUCCEED', { what: 'SUCCEED' });
});

it("a webhook that names another order is flagged, and doesn't end the pay-in", async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  await rig.sandbox.webhooks.send({ request_id, status: 'SUCCEED', overrides: { pay_order_id: 'P1' } });
  await waitFor(async () => (await rig.state(request_id)).needs_attention, { what: 'the alert' });
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['identity_mismatch']);
  expect(await status(request_id)).toBe('PENDING_PAY');
});

it('a payment of another amount is PAID, flagged, and stays open', async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  rig.sandbox.orders.act(request_id, 'pay-different', { amount: '40.00' });
  await waitFor(async () => (await status(request_id)) === 'PAID', { what: 'PAID' });
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['amount_mismatch']);
  await rig.pass('8 days');
  expect(await rig.state(request_id)).toMatchObject({ status: 'PAID', needs_attention: true });
});

it('a webhook that comes before create-order has answered is not lost', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, delay_ms: 1_000 });
  rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
  const waiting = rig.post(requestOf(request_id));
  await waitFor(() => calls(request_id).create_calls > 0, { what: 'create-order' });
  const claim = { digest: 'd', received_at: '2026-11-24T00:00:00Z', version: 'v2', order_status: 'SUCCEED' } as const;
  await rig.handle(request_id).signal(webhookSignal, { ...claim, request_id });
  rig.sandbox.faults.add({ on: 'query', request_id, status: 'SUCCEED' });
  expect((await waiting).status).toBe(201);
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
});

it('a hint that comes while Lesspay is being asked is a new one: it is asked again', async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  // The first try fails, so the second one is an ordinary activity, during which signals are delivered.
  rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503 });
  rig.sandbox.faults.add({ on: 'query', request_id, delay_ms: 500 });
  const wake = () => rig.handle(request_id).signal(wakeSignal, { who: 'ops', why: 'the payer called' });
  await wake();
  await waitFor(() => calls(request_id).query_calls === 2, { what: 'the first question' });
  await wake();
  await waitFor(() => calls(request_id).query_calls === 3, { what: 'the second question' });
});

it('in doubt, with look-ups refused for good: asked by the schedule after its lifetime, and UNRESOLVED in the end', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, drop: 'before' });
  rig.sandbox.faults.add({ on: 'query', request_id, code: 5004, msg: 'no permission', times: null });
  await begin(request_id, 60);
  await rig.pass('1 hour');
  expect(calls(request_id)).toMatchObject({ create_calls: 1 });
  expect(calls(request_id).query_calls).toBeLessThan(12);
  await rig.passUntil('1 day', 'the end of the window', async () => (await status(request_id)) === 'UNRESOLVED');
  expect(codes((await rig.state(request_id)).alerts)).toEqual(['credentials', 'unresolved']);
});

it('a pay-in refuses to run under an id that is not its own', async () => {
  const { startWorkflowOperation } = checkoutWithStart(requestOf(newRequestId()));
  const { args } = startWorkflowOperation.options;
  const options = { workflowId: `payin-${newRequestId()}`, taskQueue: TASK_QUEUE, args };
  await expect(rig.client.workflow.execute(PAYIN_WORKFLOW, options)).rejects.toMatchObject({
    cause: { type: 'wrong_workflow_id' },
  });
});
