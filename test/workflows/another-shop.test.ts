import { setTimeout as pause } from 'node:timers/promises';
import { startReconciliation } from '../../client/reconcile';
import { startRig, type PayinRig } from '../machinery/payin-rig';
import { writeOf } from '../records/payin-writes';

/** Another shop has orders under the same app id: `REQUEST_ID_PREFIX` tells them from ours. */

let rig: PayinRig;

beforeAll(async () => {
  rig = await startRig({ requestIdPrefix: ['t'] });
});
afterAll(() => rig.close());

it("the reconciliation leaves another shop's orders aside and counts them, unless we know one of their ids", async () => {
  const created_at = Date.now();
  const order = (request_id: string) => ({ request_id, status: 'SUCCEED' as const, created_at });
  const [, , mixedUp] = rig.sandbox.orders.seed([order('x-1'), order('x-2'), order('x-3'), order('t-1')]);
  // Of an order of ours Lesspay has the request_id wrong.
  await rig.records.record(writeOf('t-3', 1, { pay_order_id: mixedUp?.pay_order_id ?? '', status: 'SUCCEED' }));
  await pause(2);
  const input = { range: { from: created_at, to: Date.now() }, by: 'a test', give_up_after_ms: 60_000 };
  const { counts, differences } = (await (await startReconciliation(rig.client, input))?.result()) ?? {};
  expect(counts).toMatchObject({ orders: 4, not_ours: 2 });
  expect(differences?.map(({ kind, request_id }) => [kind, request_id])).toEqual([
    ['unknown_to_us', 't-1'],
    ['id_differs', 't-3'],
  ]);
  await expect(rig.handle('x-1').describe()).rejects.toThrow('not found');
});
