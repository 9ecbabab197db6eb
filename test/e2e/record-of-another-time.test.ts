import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { changedBundles } from './changed-bundle';

/**
 * A run's first workflow task is lost, or fails, after the order record was written: PostgreSQL was killed under Temporal, say
 * (docs/cluster.md). Done anew, it is later. If the time of creation were, too, each write of the record would be refused, and
 * the run would write it again without end: a hundred times a second.
 */

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it('a pay-in whose first workflow task is done anew keeps its time of creation, and goes on', async () => {
  const request_id = newRequestId();
  const bundles = await changedBundles();
  const broken = await bundles.bundleWith(
    'workflows/payin/publish.ts',
    "  if (!ahead) return markPublished(run.facts, 'recorded', last_event);\n",
    "  throw new Error('a fault of ours');\n",
  );
  await rig.stopWorker();
  await rig.startWorker(broken);
  const posted = rig.post(requestOf(request_id));
  await waitFor(async () => (await rig.records.find(request_id)) !== undefined, { what: 'the record' });
  const before = await rig.records.find(request_id);
  await rig.stopWorker();
  await rig.startWorker();
  await posted;
  await waitFor(async () => (await rig.state(request_id)).status === 'PENDING_PAY', { what: 'the order' });
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  expect(await rig.records.find(request_id)).toMatchObject({ status: 'SUCCEED', created_at: before?.created_at });
  expect((await rig.handle(request_id).fetchHistory()).events?.length).toBeLessThan(80);
  await bundles.remove();
});
