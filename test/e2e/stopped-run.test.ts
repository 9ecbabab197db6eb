import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { wakePayin } from '../../client';
import { cacheDir } from '../../scripts/project-root';
import { wakeSignal } from '../../workflows/payin-messages';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
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

it.each([
  ['goes on with all that is on record', false],
  ['goes on with what it was started with, where nothing is on record', true],
])(
  'a run that fails its tasks is terminated and woken: the next says that it could not be read, and %s',
  async (_what, down) => {
    recordsAreDown = down;
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    const { pay_order_id } = rig.sandbox.orders.get(request_id);
    if (!down) {
      const recorded = async () => (await rig.orders.find(request_id))?.status === 'PENDING_PAY';
      await waitFor(recorded, { what: 'the record' });
    }
    await rig.stopWorker();
    await rig.startWorker(await brokenBundle());
    await rig.handle(request_id).signal(wakeSignal, { who: 'test', why: 'to have a task' });
    // After three failures in a row Temporal refuses to ask any worker what the run knows.
    const fails = async () => ((await rig.handle(request_id).describe()).raw.pendingWorkflowTask?.attempt ?? 0) > 4;
    await waitFor(fails, { what: 'a task that fails again and again' });
    await rig.handle(request_id).terminate('it fails its tasks');
    await rig.stopWorker();
    await rig.startWorker();

    await wakePayin(rig.client, request_id, { who: 'mia', why: 'ticket 816' });
    const isKnown = async () => (await rig.state(request_id)).pay_order_id === pay_order_id;
    await waitFor(isKnown, { what: 'the order' });
    const state = await rig.state(request_id);
    expect(state.alerts.map(({ code }) => code)).toEqual(['history_unreadable']);
    expect(state).toMatchObject({ status: 'PENDING_PAY', amount: '100.00' });
    expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
  },
  180_000,
);
