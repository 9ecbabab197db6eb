import { waitFor } from '../machinery/wait-for';
import { closeAll, openRig } from './rig';

afterEach(closeAll);

const statusOf = async (rig: Awaited<ReturnType<typeof openRig>>) =>
  (await rig.query()).page?.list[0]?.['order_status'];

test('an unpaid order is CLOSED as soon as its time is over, whoever looks first', async () => {
  const rig = await openRig();
  await rig.create({ expired_time: 60 });
  rig.clock.moveSilently(59_999);
  expect(await statusOf(rig)).toBe('PENDING_PAY');
  rig.clock.moveSilently(1);
  expect(await statusOf(rig)).toBe('CLOSED');
});

test('when nobody looks, the clock closes the order and the merchant is told', async () => {
  const { clock, merchant, create } = await openRig();
  await create({ expired_time: 60 });
  const end = clock.now() + 60_000;
  clock.pass(60_000);
  await waitFor(() => merchant.received.length === 1, { what: 'the webhook' });
  expect(merchant.received[0]?.json).toMatchObject({ order_status: 'CLOSED', order_status_int: 6, complete_time: end });
});

test('looking and waking together send one CLOSED webhook', async () => {
  const rig = await openRig();
  await rig.create({ expired_time: 60 });
  rig.clock.moveSilently(60_000);
  await Promise.all([statusOf(rig), statusOf(rig)]);
  rig.clock.pass(0);
  await statusOf(rig);
  await waitFor(() => rig.sandbox.calls().webhooks_acknowledged === 1, { what: 'the webhook' });
  expect(rig.merchant.statuses()).toEqual(['CLOSED']);
});

test.each(['pay', 'decline', 'cancel'] as const)('an order that saw %s is never CLOSED', async (action) => {
  const rig = await openRig();
  await rig.create({ expired_time: 60 });
  const { status } = rig.sandbox.orders.act('4711', action);
  rig.clock.pass(120_000);
  expect(await statusOf(rig)).toBe(status);
  await waitFor(() => rig.sandbox.calls().webhooks_acknowledged === 1, { what: 'the webhook' });
  expect(rig.merchant.statuses()).toEqual([status]);
});

test('without expired_time an order lives half an hour', async () => {
  const rig = await openRig();
  await rig.create({ expired_time: undefined });
  rig.clock.moveSilently(1_799_999);
  expect(await statusOf(rig)).toBe('PENDING_PAY');
  rig.clock.moveSilently(1);
  expect(await statusOf(rig)).toBe('CLOSED');
});

test('an order can start as PENDING_CONFIRM, and expires from there, too', async () => {
  const rig = await openRig();
  rig.sandbox.settings.change({ new_order_status: 'PENDING_CONFIRM' });
  await rig.create();
  await rig.create({ request_id: '4712' });
  expect(await statusOf(rig)).toBe('PENDING_CONFIRM');
  rig.sandbox.orders.act('4711', 'confirm');
  expect(await statusOf(rig)).toBe('PENDING_PAY');
  rig.clock.moveSilently(1_800_000);
  expect(rig.sandbox.orders.get('4712').status).toBe('CLOSED');
});
