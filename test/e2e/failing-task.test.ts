import { endActivity } from '../machinery/end-activity';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { startWithShortTasks } from '../machinery/short-tasks';
import { waitFor } from '../machinery/wait-for';
import { changedBundles, type ChangedBundles } from './changed-bundle';

/** A run whose workflow task fails again and again: it must cost Lesspay nothing, and go on once the code is right. */

let rig: PayinRig;
let bundles: ChangedBundles;
beforeAll(async () => {
  [rig, bundles] = await Promise.all([startRig(), changedBundles()]);
});
afterAll(async () => {
  await rig.close();
  await bundles.remove();
});

/** Times that its task has failed since it last did not. */
const failures = async (request_id: string): Promise<number> =>
  ((await rig.handle(request_id).describe()).raw.pendingWorkflowTask?.attempt ?? 1) - 1;

it('asks Lesspay no more than three times, however often its task is done anew', async () => {
  const request_id = await startWithShortTasks(rig);
  await rig.stopWorker();
  const broken = await bundles.bundleWith(
    'workflows/payin/ask-lesspay.ts',
    '    else orderNotFound(facts, Date.now());\n',
    "    else orderNotFound(facts, Date.now());\n    throw new Error('a fault of ours');\n",
  );
  await rig.startWorker(broken);
  await rig.handle(request_id).signal('wake', { who: 'mia', why: 'a test' });
  const calls = () => rig.sandbox.calls(request_id).query_calls;
  await waitFor(() => calls() === 3, { what: 'two quick questions and a durable one' });
  await waitFor(async () => (await failures(request_id)) > 1, { what: 'more failures' });
  expect(calls()).toBe(3);

  await rig.stopWorker();
  await rig.startWorker();
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
});

it('fails the task of a run whose loop turns without waiting, and of no other', async () => {
  const [mad, sane] = [await startWithShortTasks(rig), await startWithShortTasks(rig)];
  await rig.stopWorker();
  const turning = await bundles.bundleWith(
    'workflows/payin.ts',
    'async function watch(run: PayinRun): Promise<void> {\n',
    `async function watch(run: PayinRun): Promise<void> {\n  if (run.payin.request_id === '${mad}') return;\n`,
  );
  await rig.startWorker(turning);
  rig.sandbox.orders.act(mad, 'pay');
  await waitFor(async () => (await failures(mad)) > 0, { what: 'a failed task' });
  rig.sandbox.orders.act(sane, 'pay');
  expect(await rig.result(sane)).toMatchObject({ status: 'SUCCEED' });

  await rig.stopWorker();
  await rig.startWorker(fromSetUp('TEST_WORKFLOW_BUNDLE'));
  expect(await rig.result(mad)).toMatchObject({ status: 'SUCCEED' });
});

it('takes whatever an operator makes of its pending activities', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, delay_ms: 500, times: null });
  await rig.post(requestOf(request_id));
  await rig.handle(request_id).signal('wake', { who: 'mia', why: 'a test' });
  await endActivity(rig.client, `payin-${request_id}`, 'queryOrder');
  rig.sandbox.faults.clear();
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
});
