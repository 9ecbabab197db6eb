import { WorkflowNotFoundError } from '@temporalio/client';
import { signalNotification } from '../../client/signal-notification';
import { SANDBOX_MERCHANT } from '../../settings';
import { notificationStateQuery, notificationWorkflowId } from '../../workflows/notification/messages';
import { factsQuery } from '../../workflows/payin/messages';
import { numbered } from '../machinery/notified-payin';
import { newRequestId, requestOf, sandboxMerchant, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { startEndpoint } from '../merchant/endpoint-server';

/** A pay-in notifies the merchant itself. Only an endpoint that does not take an event at once gets a workflow. */

const endpoint = SANDBOX_MERCHANT.name;

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function started(request_id = newRequestId()): Promise<string> {
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  return request_id;
}

const received = (request_id: string) => rig.sandbox.merchant.received(request_id);
const taken = (request_id: string) =>
  received(request_id).flatMap(({ number, http_status }) => (http_status === 204 ? [number] : []));
const workflow = (request_id: string) => rig.client.workflow.getHandle(notificationWorkflowId(request_id, endpoint));

it('each event is sent once, and no notification workflow is started', async () => {
  const request_id = await started();
  await waitFor(() => received(request_id).length === 1, { what: 'event 2' });
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  expect(received(request_id)).toMatchObject([
    { number: 2, verified: true, http_status: 204 },
    { number: 4, verified: true, http_status: 204 },
  ]);
  await expect(workflow(request_id).describe()).rejects.toThrow(WorkflowNotFoundError);
});

it('after an event that was not taken, all later ones go by the workflow: none before it', async () => {
  const request_id = newRequestId();
  // Of this pay-in alone: the endpoint is called at once for all that comes.
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 422, times: null });
  await started(request_id);
  const refused = async () => (await workflow(request_id).describe()).raw.pendingActivities?.[0]?.attempt === 2;
  await waitFor(() => refused().catch(() => false), { what: 'the second durable attempt' });
  rig.sandbox.faults.remove(fault.id);
  rig.sandbox.orders.act(request_id, 'pay');
  const { facts } = await rig.result(request_id);
  expect(facts).toMatchObject({ notified: 4, handed_over: [endpoint] });
  await waitFor(() => taken(request_id).length >= 2, { what: 'both events' });
  expect(taken(request_id)).toEqual([2, 4]);
  expect(new Set(received(request_id).map(({ webhook_id }) => numbered(webhook_id)))).toEqual(
    new Set([`${request_id}_2`, `${request_id}_4`]),
  );
});

it('its failed try is shown, and counted, by the workflow, which tries no quick call of its own', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 422, times: 1 });
  await started(request_id);
  await rig.ended(workflow(request_id).workflowId);
  const { deliveries } = await workflow(request_id).query(notificationStateQuery);
  expect(deliveries).toMatchObject([{ number: 2, attempts: 2, http_status: 204 }]);
  expect(received(request_id)).toHaveLength(2);
});

it('while events are sent again, new ones go by the same workflow', async () => {
  const request_id = await started();
  await waitFor(() => taken(request_id).length === 1, { what: 'event 2' });
  await signalNotification(rig.client, { request_id, endpoint }, 'resend', { from: 1 });
  const handedOver = async () => (await rig.handle(request_id).query(factsQuery))?.handed_over.length === 1;
  await waitFor(handedOver, { what: 'the request' });
  rig.sandbox.orders.act(request_id, 'pay');
  await waitFor(() => taken(request_id).includes(4), { what: 'event 4' });
  expect(taken(request_id)).toEqual([2, 2, 4]);
});

it('one of two endpoints that takes too long gets each event again, under its id; the other one gets it once', async () => {
  let calls = 0;
  const ids: unknown[] = [];
  const late = await startEndpoint((response, request) => {
    ids.push(numbered(String(request.headers['webhook-id'])));
    calls += 1;
    setTimeout(() => response.writeHead(204).end(), calls === 1 ? 2_500 : 0);
  });
  const endpoints = [
    { name: 'late', url: late.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true },
    sandboxMerchant(rig.sandbox),
  ];
  const both = await startRig({ endpoints });
  await rig.stopWorker();
  try {
    const request_id = newRequestId();
    await both.post(requestOf(request_id));
    both.sandbox.orders.act(request_id, 'pay');
    await both.result(request_id);
    await both.ended(notificationWorkflowId(request_id, 'late'));
    expect(ids).toEqual([2, 2, 4].map((number) => `${request_id}_${number}`));
    expect(taken(request_id)).toEqual([2, 4]);
  } finally {
    await both.close();
    await late.close();
    await rig.startWorker();
  }
});

it('while an endpoint takes its time, a repeated POST shows the outcome that is on record, and no page to pay on', async () => {
  let paid = false;
  const server = await startEndpoint((response, request) => {
    const isOutcome = String(request.headers['webhook-id']).includes('_4_');
    paid ||= isOutcome;
    setTimeout(() => response.writeHead(204).end(), isOutcome ? 800 : 0);
  });
  const endpoints = [{ name: 'shop', url: server.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true }];
  const slow = await startRig({ endpoints });
  await rig.stopWorker();
  try {
    const request_id = newRequestId();
    await slow.post(requestOf(request_id));
    slow.sandbox.orders.act(request_id, 'pay');
    await waitFor(() => paid, { what: 'event 4' });
    const { status, body } = await slow.post(requestOf(request_id));
    expect([status, body['status'], body['checkout_url']]).toEqual([200, 'SUCCEED', undefined]);
    await slow.result(request_id);
  } finally {
    await slow.close();
    await server.close();
    await rig.startWorker();
  }
});
