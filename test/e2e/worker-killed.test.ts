import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { runWorker } from './running-program';

/** A worker in a process of its own, as `npm run start:worker` runs it, dies by SIGKILL; another one goes on. */

let rig: PayinRig;
let child: ChildProcess | undefined;

// PGlite belongs to one process.
describeOnPostgres('a worker in a process of its own', () => {
  beforeAll(async () => {
    rig = await startRig();
  });
  beforeEach(async () => {
    await rig.stopWorker();
    child = runWorker(rig, rig.databaseUrl);
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
    await waitFor(adopted, { what: 'the adoption', takesMs: 35_000 });
    expect((await rig.post(requestOf(request_id))).body['code']).toBe('checkout_url_lost');
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
    rig.sandbox.orders.act(request_id, 'pay');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');
  });
});
