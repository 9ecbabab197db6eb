import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { wakePayin } from '../../client';
import { cacheDir } from '../../devstack/project-root';
import { wakeSignal } from '../../workflows/payin/messages';
import { startRig, type PayinRig } from '../machinery/payin-rig';
import { startWithShortTasks } from '../machinery/short-tasks';
import { waitFor } from '../machinery/wait-for';

/** How operators stop a run that keeps failing its tasks, and go on with its pay-in (docs/operations.md). */

let folder: string;
let rig: PayinRig;
let recordsAreDown = false;
beforeAll(async () => {
  // The bundler wants the folder's real path.
  folder = await realpath(await mkdtemp(join(cacheDir, 'test', 'stopped-run-')));
  rig = await startRig({
    aroundRecord(_request_id, when) {
      if (recordsAreDown && when === 'before') throw new Error('the records are down');
    },
  });
});
afterAll(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

async function brokenBundle(): Promise<string> {
  const workflowsPath = join(folder, 'broken.ts');
  await writeFile(workflowsPath, "export async function payin() { throw new Error('broken'); }\n");
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(join(folder, 'broken.js'), code);
  return join(folder, 'broken.js');
}

it('a run that fails its tasks is terminated and woken: the next says that it could not be read, and goes on with what is on record, or with what it was started with', async () => {
  const recorded = await startWithShortTasks(rig);
  const isRecorded = async () => (await rig.records.find(recorded))?.status === 'PENDING_PAY';
  await waitFor(isRecorded, { what: 'the record' });
  recordsAreDown = true;
  const unrecorded = await startWithShortTasks(rig);
  const both = [recorded, unrecorded];

  await rig.stopWorker();
  await rig.startWorker(await brokenBundle());
  await Promise.all(both.map(failAndTerminate));
  await rig.stopWorker();
  await rig.startWorker();
  for (const request_id of both) await wakePayin(rig.client, request_id, { who: 'mia', why: 'ticket 816' });
  for (const request_id of both) {
    const { pay_order_id } = rig.sandbox.orders.get(request_id);
    const isKnown = async () => (await rig.state(request_id)).pay_order_id === pay_order_id;
    await waitFor(isKnown, { what: 'the order' });
    const state = await rig.state(request_id);
    expect(state.alerts.map(({ code }) => code)).toEqual(['history_unreadable']);
    expect(state).toMatchObject({ status: 'PENDING_PAY', amount: '100.00' });
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
  }
});

async function failAndTerminate(request_id: string): Promise<void> {
  const handle = rig.handle(request_id);
  await handle.signal(wakeSignal, { who: 'test', why: 'to have a task' });
  // After three failures in a row Temporal refuses to ask any worker what the run knows.
  const fails = async () => ((await handle.describe()).raw.pendingWorkflowTask?.attempt ?? 0) > 4;
  await waitFor(fails, { what: 'a task that fails again and again' });
  await handle.terminate('it fails its tasks');
}
