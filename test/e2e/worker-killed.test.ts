import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TASK_QUEUE } from '../../temporal.config';
import { APP, fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** A worker in a process of its own, as `npm run start:worker` runs it, dies by SIGKILL; another one goes on. */

let rig: PayinRig;
let child: ChildProcess | undefined;

beforeAll(async () => {
  rig = await startRig();
});
beforeEach(async () => {
  await rig.stopWorker();
  child = spawn(process.execPath, [join(__dirname, '../../dist/worker/main.js')], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'),
      TEMPORAL_TASK_QUEUE: TASK_QUEUE,
      LESSPAY_BASE_URL: rig.sandbox.url,
      LESSPAY_APP_ID: APP.appId,
      LESSPAY_APP_SECRET: APP.appSecret,
      PUBLIC_URL: rig.apiUrl,
      DATABASE_URL: rig.databaseUrl,
    },
  });
});
afterEach(kill);
afterAll(() => rig.close());

async function kill(): Promise<void> {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

it('in the middle of the wait: another worker finishes the pay-in', async () => {
  const request_id = newRequestId();
  let answer = await rig.post(requestOf(request_id));
  if (answer.status === 202) answer = await rig.post(requestOf(request_id));
  expect(answer.body['checkout_url']).toBeDefined();
  await kill();
  rig.sandbox.orders.act(request_id, 'pay');
  await waitFor(() => rig.sandbox.calls(request_id).webhooks_acknowledged === 1, {
    what: 'the webhook without a worker',
  });
  await rig.startWorker();
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
});

it('in the middle of create-order: the order that took effect is adopted, never made twice', async () => {
  const request_id = newRequestId();
  // The order is made at once, and its answer comes too late for this worker.
  rig.sandbox.faults.add({ on: 'create', request_id, delay_ms: 1_500 });
  const waiting = rig.post(requestOf(request_id));
  await waitFor(() => rig.sandbox.calls(request_id).create_calls === 1, { what: 'create-order' });
  await kill();
  await waiting;
  await rig.startWorker();
  // Temporal notices after the 35 s that a create-order may take.
  const adopted = async () =>
    (await rig.state(request_id)).pay_order_id === rig.sandbox.orders.get(request_id).pay_order_id;
  await waitFor(adopted, { what: 'the adoption', timeoutMs: 55_000 });
  expect((await rig.post(requestOf(request_id))).body['code']).toBe('checkout_url_lost');
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
  rig.sandbox.orders.act(request_id, 'pay');
  expect((await rig.result(request_id)).status).toBe('SUCCEED');
}, 90_000);
