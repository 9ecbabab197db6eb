import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { replayAll, type RunToReplay } from '../machinery/replay';
import { waitFor } from '../machinery/wait-for';

/** Signals and updates that come at the same moment: whatever order a worker got them in, another one goes the same way. */

const MIA = { who: 'mia', why: 'a test' };
const PAYINS = 16;

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it('replays, however they came together', async () => {
  const ids = await Promise.all(
    Array.from({ length: PAYINS }, async () => {
      const request_id = newRequestId();
      await rig.post(requestOf(request_id));
      return request_id;
    }),
  );
  await Promise.all(ids.map(together));
  const histories: RunToReplay[] = [];
  for (const request_id of ids) {
    const handle = rig.handle(request_id);
    const keep = async () => histories.push({ workflowId: handle.workflowId, history: await handle.fetchHistory() });
    await waitFor(async () => (await rig.state(request_id)).status === 'SUCCEED', { what: 'the payment' });
    await keep();
    await handle.executeUpdate('acknowledge', { args: [MIA] });
    await rig.result(request_id);
    await keep();
  }
  const problems = await replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), histories);
  expect(problems).toEqual(histories.map(() => undefined));
});

async function together(request_id: string): Promise<void> {
  const handle = rig.handle(request_id);
  const update = (name: string) => handle.executeUpdate(name, { args: [MIA] }).catch(() => undefined);
  const dispute = { event: 'dispute_received', category: 'fraudulent' } as const;
  await Promise.all([
    update('stopWatching'),
    handle.signal('wake', MIA),
    rig.sandbox.webhooks.send({ request_id, status: 'PENDING_PAY' }),
    update('pollNow'),
    Promise.resolve().then(() => rig.sandbox.orders.report(request_id, dispute)),
    Promise.resolve().then(() => rig.sandbox.orders.act(request_id, 'pay')),
    update('resumeWatching'),
  ]);
}
