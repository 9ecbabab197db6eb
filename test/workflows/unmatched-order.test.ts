import type { WorkflowHandle } from '@temporalio/client';
import { keepUnmatched } from '../../client/keep-unmatched';
import { webhookSignature } from '../../lesspay/signature';
import { SEARCH_ATTRIBUTES } from '../../temporal.config';
import { wakeSignal } from '../../workflows/payin/messages';
import type { WebhookClaim } from '../../payin/webhook-claim';
import {
  acknowledgeUnmatchedUpdate,
  unmatchedOrderId,
  type UnmatchedOrderResult,
  unmatchedStateQuery,
} from '../../workflows/unmatched/messages';
import type { unmatchedOrder } from '../../workflows/unmatched-order';
import { orderOfNobody } from '../machinery/behind-our-back';
import { APP, newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** A verified webhook that names an order by its pay_order_id alone, and no pay-in is known by it. */

const OURS = 'ours-';
let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig({ requestIdPrefix: [OURS, 't'] });
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

const MIA = { who: 'mia', why: 'Lesspay: ticket 816' };
const newOrderId = () => `P${newRequestId()}`;
const handle = (pay_order_id: string): WorkflowHandle<typeof unmatchedOrder> =>
  rig.client.workflow.getHandle(unmatchedOrderId(pay_order_id));
const state = (pay_order_id: string) => handle(pay_order_id).query(unmatchedStateQuery);

async function send(pay_order_id: string, members: object = { order_status: 'SUCCEED' }): Promise<number> {
  const body = JSON.stringify({ pay_order_id, api_version: 'v2', ...members });
  const headers = { 'content-type': 'application/json', 'x-auth-signature': webhookSignature(body, APP.appSecret) };
  return (await fetch(`${rig.apiUrl}/webhooks/lesspay`, { method: 'POST', headers, body })).status;
}

async function result(pay_order_id: string): Promise<UnmatchedOrderResult> {
  const ended = async () => (await handle(pay_order_id).describe()).status.name !== 'RUNNING';
  await rig.passUntil('5 seconds', 'the end', ended);
  return handle(pay_order_id).result();
}

async function attention(pay_order_id: string): Promise<unknown> {
  const { typedSearchAttributes } = await handle(pay_order_id).describe();
  return typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention);
}

async function flagged(): Promise<string> {
  const pay_order_id = newOrderId();
  expect(await send(pay_order_id)).toBe(200);
  await rig.passUntil('10 seconds', 'the alert', async () => (await state(pay_order_id)).needs_attention);
  return pay_order_id;
}

/** The order of a pay-in of ours whose record says no pay_order_id, or that is not written yet. */
async function orderOf(request_id: string): Promise<string> {
  return rig.sandbox.orders.get(await orderOfNobody(rig, request_id)).pay_order_id;
}

it('is handed to the pay-in that Lesspay names, all that came of it', async () => {
  const request_id = newRequestId();
  const pay_order_id = await orderOf(request_id);
  rig.sandbox.faults.add({ on: 'query', hide: true, times: 1 });
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await send(pay_order_id)).toBe(200);
  expect(await send(pay_order_id, { event: 'dispute_received', event_data: { category: 'fraudulent' } })).toBe(200);
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', request_id, webhooks: [], alerts: [] });
  await waitFor(async () => (await rig.state(request_id)).status === 'SUCCEED', { what: 'SUCCEED' });
  expect((await rig.state(request_id)).alerts.map(({ code }) => code)).toEqual(['unknown_order', 'dispute_received']);
});

it('is handed over also when the order is weeks old', async () => {
  const request_id = newRequestId();
  const pay_order_id = await orderOf(request_id);
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
  await rig.pass('40 days');
  expect(await send(pay_order_id)).toBe(200);
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', request_id });
});

it('is found by the order records, also while Lesspay is down', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  const { pay_order_id } = rig.sandbox.orders.get(request_id);
  await waitFor(async () => (await rig.records.findByPayOrderId(pay_order_id)) !== undefined, { what: 'the record' });
  rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
  const claim: WebhookClaim = { digest: 'd', received_at: '', version: 'v2', pay_order_id, order_status: 'SUCCEED' };
  await keepUnmatched(rig.client, pay_order_id, claim);
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', request_id });
  await rig.handle(request_id).terminate('by a test');
});

it('that nobody knows is kept for a person, on the list of what needs attention', async () => {
  const pay_order_id = newOrderId();
  expect(await send(pay_order_id)).toBe(200);
  await waitFor(async () => (await state(pay_order_id)).looks === 1, { what: 'the first look' });
  expect(await attention(pay_order_id)).toBe(false);
  await expect(handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [MIA] })).rejects.toThrow(
    'failed',
  );

  await rig.pass('3 minutes');
  expect(await state(pay_order_id)).toMatchObject({
    needs_attention: true,
    alerts: [{ code: 'unmatched_order', message: expect.stringContaining('Lesspay does not find it') }],
    webhooks: [{ order_status: 'SUCCEED' }],
  });
  expect(await attention(pay_order_id)).toBe(true);
  await rig.pass('30 days');
  expect((await state(pay_order_id)).looks).toBe(13);
  expect(await attention(pay_order_id)).toBe(true);

  const nameless = { ...MIA, why: ' ' };
  await expect(handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [nameless] })).rejects.toThrow(
    'failed',
  );
  await handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [MIA] });
  expect(await result(pay_order_id)).toMatchObject({
    outcome: 'acknowledged',
    needs_attention: false,
    alerts: [{ acknowledged_at: expect.any(String) }],
    audit: [{ action: 'acknowledge', ...MIA }],
  });
});

it('that turns up at Lesspay later ends by itself, and takes its alert along', async () => {
  const request_id = newRequestId();
  const pay_order_id = await orderOf(request_id);
  rig.sandbox.faults.add({ on: 'query', hide: true, times: null });
  expect(await send(pay_order_id, { event: 'dispute_received' })).toBe(200);
  await rig.passUntil('10 seconds', 'the alert', async () => (await state(pay_order_id)).needs_attention);
  rig.sandbox.faults.clear();
  await handle(pay_order_id).signal(wakeSignal, MIA);
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', needs_attention: false });
  const codes = async () => (await rig.state(request_id)).alerts.map(({ code }) => code);
  await waitFor(async () => (await codes()).includes('dispute_received'), { what: 'the dispute' });
});

it('of which more came than is kept is handed over, and left for a person to look at', async () => {
  const request_id = newRequestId();
  const pay_order_id = await orderOf(request_id);
  rig.sandbox.faults.add({ on: 'query', hide: true, times: null });
  const claim: WebhookClaim = { digest: '', received_at: '', version: 'v2', pay_order_id, order_status: 'REFUND' };
  const parts = Array.from({ length: 101 }, (_, index) => ({ ...claim, digest: `d${index}`, amount: `${index}.5` }));
  for (const part of parts) await keepUnmatched(rig.client, pay_order_id, part);
  await waitFor(async () => (await state(pay_order_id)).left_out === 1, { what: 'one too many' });
  rig.sandbox.faults.clear();
  await handle(pay_order_id).signal(wakeSignal, MIA);
  const handedOver = async () => (await state(pay_order_id)).webhooks.length === 0;
  await rig.passUntil('10 seconds', 'the hand-over', handedOver);
  expect(await state(pay_order_id)).toMatchObject({
    request_id,
    needs_attention: true,
    alerts: [{ message: expect.stringMatching(/no room for 1 more$/) }],
  });
  await handle(pay_order_id).signal(wakeSignal, MIA);
  expect(await attention(pay_order_id)).toBe(true);
  await handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [MIA] });
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', needs_attention: false });
});

it('while Lesspay is down nobody is called, and it is found when Lesspay is back', async () => {
  const request_id = newRequestId();
  const pay_order_id = await orderOf(request_id);
  rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
  expect(await send(pay_order_id)).toBe(200);
  await rig.pass('10 minutes');
  expect(await state(pay_order_id)).toMatchObject({ needs_attention: false, looks: 0 });
  rig.sandbox.faults.clear();
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'handed_over', request_id });
});

it('while Lesspay refuses our credentials a person hears at once why it can not be looked for', async () => {
  const pay_order_id = newOrderId();
  rig.sandbox.faults.add({ on: 'query', http_status: 401, times: null });
  expect(await send(pay_order_id)).toBe(200);
  await waitFor(async () => (await state(pay_order_id)).needs_attention, { what: 'the alert' });
  expect((await state(pay_order_id)).alerts[0]?.message).toMatch(/^it could not be looked for: /);
  rig.sandbox.faults.clear();
  await rig.pass('10 seconds');
  expect((await state(pay_order_id)).alerts[0]?.message).toMatch(/does not find it/);
});

it('that is acknowledged while it is looked for ends at once, though Lesspay is down', async () => {
  const pay_order_id = await flagged();
  rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
  await handle(pay_order_id).signal(wakeSignal, MIA);
  const isLooking = async () => (await handle(pay_order_id).describe()).raw.pendingActivities?.length === 1;
  await rig.passUntil('5 seconds', 'the look', isLooking);
  await handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [MIA] });
  const hasEnded = async () => (await handle(pay_order_id).describe()).status.name === 'COMPLETED';
  await waitFor(hasEnded, { what: 'the end' });
  expect(await attention(pay_order_id)).toBe(false);
});

it("of another shop's order is left aside, once Lesspay has said so", async () => {
  const request_id = `X-${newRequestId()}`;
  const pay_order_id = await orderOf(request_id);
  expect(await send(pay_order_id)).toBe(200);
  expect(await result(pay_order_id)).toMatchObject({ outcome: 'not_ours', request_id, alerts: [] });
  await expect(rig.handle(request_id).describe()).rejects.toThrow('not found');
});

it('what comes after the alert was acknowledged is looked for and flagged anew', async () => {
  const pay_order_id = await flagged();
  await handle(pay_order_id).executeUpdate(acknowledgeUnmatchedUpdate, { args: [MIA] });
  await result(pay_order_id);
  expect(await send(pay_order_id, { event: 'dispute_received' })).toBe(200);
  await rig.passUntil('10 seconds', 'the alert', async () => (await state(pay_order_id)).needs_attention);
  expect((await state(pay_order_id)).webhooks).toMatchObject([{ event: 'dispute_received' }]);
});

it('Cancel changes nothing, and says so', async () => {
  const pay_order_id = await flagged();
  await handle(pay_order_id).cancel();
  const details = async () =>
    (await handle(pay_order_id).query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ??
    '';
  await waitFor(async () => (await details()).includes('Cancel was requested'), { what: 'the words' });
  expect(await state(pay_order_id)).toMatchObject({ needs_attention: true });
});

it('a flood for one order folds, asks Lesspay seldom and keeps a bounded history', async () => {
  const pay_order_id = newOrderId();
  const claim: WebhookClaim = { digest: '', received_at: '', version: 'v2', pay_order_id, order_status: 'SUCCEED' };
  const many = Array.from({ length: 1_100 }, (_, index) => ({ ...claim, digest: `d${index}` }));
  await keepUnmatched(rig.client, pay_order_id, { ...claim, event: 'dispute_received', digest: 'dispute' });
  for (let start = 0; start < many.length; start += 100)
    await Promise.all(many.slice(start, start + 100).map((one) => keepUnmatched(rig.client, pay_order_id, one)));
  await waitFor(async () => (await state(pay_order_id)).webhooks.length === 2, { what: 'the fold' });
  expect((await state(pay_order_id)).looks).toBeLessThan(4);
  expect((await handle(pay_order_id).describe()).historyLength).toBeLessThan(3_000);
});
