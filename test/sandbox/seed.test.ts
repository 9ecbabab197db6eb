import { createLesspayClient } from '../../lesspay/client';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox';

const HOUR_MS = 3_600_000;
const START = Date.now() - 5 * 24 * HOUR_MS;
const APP = { appId: 'test-app', appSecret: 'test-secret' };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, ...APP });
});
afterAll(() => sandbox.close());

it('thousands of orders of the past are made at once, and paged through', async () => {
  const orders = Array.from({ length: 5_000 }, (_, index) => ({
    request_id: `s${index}`,
    status: 'SUCCEED' as const,
    created_at: START + index,
  }));
  sandbox.orders.seed(orders);
  const lesspay = createLesspayClient({ baseUrl: sandbox.url, appId: APP.appId, secret: APP.appSecret });
  const range = { start_time: START, end_time: START + HOUR_MS };
  const ids: (string | undefined)[] = [];
  for (let page = 1; page <= 6; page += 1) {
    const { rows, total } = await lesspay.listOrders({ ...range, page, page_size: 1_000 });
    expect(total).toBe(5_000);
    ids.push(...rows.map((row) => (row.readable ? row.order.request_id : undefined)));
  }
  expect(ids).toEqual(orders.map(({ request_id }) => request_id));
});

it('a seeded order is like any other: it can be acted on, and shows what it was given', () => {
  const [order] = sandbox.orders.seed([
    {
      request_id: 'open',
      status: 'PENDING_PAY',
      created_at: Date.now(),
      target_amount: '90.5',
      target_currency: 'EUR',
    },
  ]);
  expect(order).toMatchObject({ request_id: 'open', target_amount: '90.5', target_currency: 'EUR', settled_at: null });
  expect(sandbox.orders.act('open', 'pay')).toMatchObject({ status: 'SUCCEED', pay_order_id: order?.pay_order_id });
  expect(() => sandbox.orders.seed([{ request_id: 'x', status: 'SUCCEED', created_at: 0.5 }])).toThrow(/created_at/);
});
