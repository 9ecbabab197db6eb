import { createNotifyActivities } from '../../activities/notify-activities';
import { signalNotification } from '../../activities/signal-notification';
import { SANDBOX_MERCHANT } from '../../settings';
import type { notification } from '../../workflows/notification';
import { notificationStateQuery, notificationWorkflowId } from '../../workflows/notification-messages';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { newRequestId, sandboxMerchant, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** What the time-skipping server does not have: runs that nobody ever took up, and long histories. */

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const endpoint = SANDBOX_MERCHANT.name;

const notify = (request_id: string, ...numbers: number[]) =>
  createNotifyActivities({ client: rig.client, orders: rig.orders, endpoints: [sandboxMerchant(rig.sandbox)] }).notify({
    payin: notifiedPayin(request_id),
    events: numbers.map((number) => notifiedEvent(number)),
  });

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
  for (let sent = 0; sent < 1_050; sent += 50)
    await Promise.all(Array.from({ length: 50 }, () => handle(request_id).signal('notify', 'a flood')));
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
