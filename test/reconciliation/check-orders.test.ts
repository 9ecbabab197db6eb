import type { Records } from '../../records/payin-records';
import { recordsOn } from '../../records/records-on';
import { createCheck } from '../../reconciliation/check-orders';
import { createDatabase } from '../machinery/empty-database';
import { writeOf } from '../records/payin-writes';

let records: Records;
beforeAll(async () => {
  records = recordsOn((await createDatabase()).database);
});
afterAll(() => records.close());

it("our order under somebody else's request_id is compared with ours, and nobody is made to adopt it", async () => {
  await records.record(writeOf('r1', 1, { pay_order_id: 'P1', status: 'PENDING_PAY' }));
  const woken: string[] = [];
  const check = createCheck({
    records,
    workflows: {
      isKnown: () => Promise.resolve(false),
      isRunning: () => Promise.resolve(true),
      wake: (request_id) => Promise.resolve(woken.push(request_id)).then(() => 'woken' as const),
    },
    isOurs: () => true,
    lookUp: () => Promise.resolve('not_found' as const),
  });
  const order = { request_id: 'stranger', pay_order_id: 'P1', status: 'SUCCEED' };
  const { differences } = await check.page([{ readable: true, order }], '1.1');
  expect(differences).toMatchObject([{ request_id: 'r1', kind: 'id_differs', action: 'woken' }]);
  expect(woken).toEqual(['r1']);
});
