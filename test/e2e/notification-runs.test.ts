import { signalNotification } from '../../client/signal-notification';
import { SANDBOX_MERCHANT } from '../../settings';
import type { notification } from '../../workflows/notification';
import { notificationStateQuery, notificationWorkflowId } from '../../workflows/notification/messages';
import { fillHistory } from '../machinery/fill-history';
import { handOver } from '../machinery/hand-over';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { startEndpoint } from '../merchant/endpoint-server';
import { newRequestId, requestOf, sandboxMerchant, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** What takes a real server: runs that nobody ever took up, long histories, and many at once. */

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const endpoint = SANDBOX_MERCHANT.name;

const notify = (request_id: string, ...numbers: number[]) =>
  handOver(
    { client: rig.client, records: rig.records, endpoints: [sandboxMerchant(rig.sandbox)] },
    { payin: notifiedPayin(request_id), events: numbers.map((number) => notifiedEvent(number)) },
  );

const handle = (request_id: string) =>
  rig.client.workflow.getHandle<typeof notification>(notificationWorkflowId(request_id, endpoint));

const numbersTaken = (request_id: string) =>
  rig.sandbox.merchant.received(request_id).flatMap(({ number, http_status }) => (http_status === 204 ? [number] : []));

it('a run that was terminated before any worker took it up hands on what it was told', async () => {
  const request_id = newRequestId();
  await rig.stopWorker();
  await notify(request_id, 1);
  await notify(request_id, 2);
  await handle(request_id).terminate('by a test');
  await notify(request_id, 3);
  await rig.startWorker();
  await waitFor(() => numbersTaken(request_id).length === 3, { what: 'three events' });
  expect(numbersTaken(request_id)).toEqual([1, 2, 3]);
});

it('a long history goes on in a fresh run, with what is undelivered and since when it has been tried', async () => {
  const request_id = newRequestId();
  const fault = rig.sandbox.faults.add({ on: 'notification', request_id, http_status: 500, times: null });
  await notify(request_id, 1);
  const { runId } = await handle(request_id).describe();
  const tried = async () => (await handle(request_id).describe()).raw.pendingActivities?.length === 1;
  await waitFor(tried, { what: 'a pending delivery' });
  const { trying_since } = await handle(request_id).query(notificationStateQuery);
  await fillHistory(() => handle(request_id).signal('notify', 'a flood'));
  await waitFor(async () => (await handle(request_id).describe()).runId !== runId, { what: 'a fresh run' });
  await waitFor(tried, { what: 'a pending delivery of the fresh run' });
  expect(await handle(request_id).query(notificationStateQuery)).toMatchObject({
    pending: [{ number: 1 }],
    trying_since,
  });
  rig.sandbox.faults.remove(fault.id);
  await notify(request_id, 2);
  await signalNotification(rig.client, { request_id, endpoint }, 'resend', {});
  await waitFor(() => numbersTaken(request_id).length === 2, { what: 'both events' });
  expect(numbersTaken(request_id)).toEqual([1, 2]);
});

it('an endpoint that asks for a pause gets it, from the first call on', async () => {
  const request_id = newRequestId();
  const at: number[] = [];
  const pausing = await startEndpoint((response) => {
    at.push(Date.now());
    if (at.length === 1) response.writeHead(503, { 'retry-after': '4' }).end();
    else response.writeHead(204).end();
  });
  const endpoints = [{ name: 'pausing', url: pausing.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true }];
  const paused = await startRig({ endpoints });
  await rig.stopWorker();
  try {
    const { client, records } = paused;
    await handOver({ client, records, endpoints }, { payin: notifiedPayin(request_id), events: [notifiedEvent(1)] });
    await client.workflow.getHandle(notificationWorkflowId(request_id, 'pausing')).result();
    expect(at).toHaveLength(2);
    expect(Number(at[1]) - Number(at[0])).toBeGreaterThanOrEqual(4_000);
  } finally {
    await paused.close();
    await pausing.close();
    await rig.startWorker();
  }
});

it('an endpoint that hangs delays neither another one nor other pay-ins', async () => {
  const hanging = await startEndpoint(() => undefined);
  const hung = { name: 'hung', url: hanging.url, secrets: [SANDBOX_MERCHANT.secret], allowPrivate: true };
  const busy = await startRig({ endpoints: [hung, sandboxMerchant(rig.sandbox)] });
  await rig.stopWorker();
  try {
    const endpoints = [hung, sandboxMerchant(rig.sandbox)];
    const deps = { client: busy.client, records: busy.records, endpoints };
    const request_ids = Array.from({ length: 100 }, newRequestId);
    const events = [notifiedEvent(1)];
    await Promise.all(request_ids.map((request_id) => handOver(deps, { payin: notifiedPayin(request_id), events })));
    // One after the other behind those that hang, ten seconds each, they would take a quarter of an hour.
    await waitFor(() => request_ids.every((request_id) => numbersTaken(request_id).length === 1), {
      what: "the other endpoint's hundred",
    });
    const request_id = newRequestId();
    expect((await busy.post(requestOf(request_id))).status).toBe(201);
    busy.sandbox.orders.act(request_id, 'pay');
    await busy.result(request_id);
    const ofHung = (request_id: string) =>
      busy.client.workflow.getHandle(notificationWorkflowId(request_id, hung.name));
    await Promise.all(request_ids.map((request_id) => ofHung(request_id).terminate('by a test')));
  } finally {
    await busy.close();
    await hanging.close();
    await rig.startWorker();
  }
});
