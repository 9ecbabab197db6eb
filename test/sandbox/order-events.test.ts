import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyWebhook } from '../../lesspay/webhook';
import { waitFor } from '../machinery/wait-for';
import { ACKNOWLEDGE, type Merchant } from './merchant';
import { APP, closeAll, openMerchant, openRig, type Rig } from './rig';

afterEach(closeAll);

const acknowledged = (rig: Rig, count: number) =>
  waitFor(() => rig.sandbox.calls().webhooks_acknowledged === count, { what: `${count} acknowledged webhooks` });

/** What the SDK makes of the latest webhook. */
const read = ({ received }: Merchant) => {
  const latest = received.at(-1);
  return verifyWebhook(new TextEncoder().encode(latest?.body), latest?.signature, APP.appSecret);
};

async function openPaidOrder(options: Parameters<typeof openRig>[0] = {}): Promise<Rig> {
  const rig = await openRig(options);
  await rig.create({ expired_time: 86_400 });
  rig.sandbox.orders.act('4711', 'pay');
  await acknowledged(rig, 1);
  return rig;
}

test.each<[string, object, object, object]>([
  [
    'dispute',
    { category: 'fraudulent', code: '10.4' },
    { event: 'dispute_received', event_data: { category: 'fraudulent', code: '10.4' } },
    { event: 'dispute_received', event_category: 'fraudulent', event_code: '10.4' },
  ],
  [
    'dispute',
    { category: 'duplicate' },
    { event: 'dispute_received', event_data: { category: 'duplicate' } },
    { event: 'dispute_received', event_category: 'duplicate' },
  ],
  [
    'payment-declined',
    { code: '30034' },
    { event: 'payment_declined', event_data: { code: '30034' } },
    { event: 'payment_declined', event_code: '30034' },
  ],
])('%s tells the merchant so, and the status stays: %j', async (path, reason, told, understood) => {
  const rig = await openPaidOrder();
  const paidAt = rig.clock.now();
  rig.clock.pass(3_600_000);
  const answer = await rig.control('POST', `/orders/4711/${path}`, reason);
  expect(await answer.json()).toMatchObject({ status: 'SUCCEED', webhooks: [{ status: 'SUCCEED' }] });
  await acknowledged(rig, 2);
  expect(rig.merchant.received[1]).toMatchObject({
    signed: true,
    json: { order_status: 'SUCCEED', complete_time: paidAt, ...told },
  });
  expect(read(rig.merchant)).toMatchObject(understood);
  expect(rig.sandbox.orders.get('4711').status).toBe('SUCCEED');
});

test('a payment may be declined while the order can still be paid', async () => {
  const rig = await openRig();
  await rig.create();
  rig.sandbox.orders.report('4711', { event: 'payment_declined', code: '41101' });
  await acknowledged(rig, 1);
  expect(read(rig.merchant)).toMatchObject({ order_status: 'PENDING_PAY', event_code: '41101' });
  expect(rig.sandbox.orders.act('4711', 'pay').status).toBe('SUCCEED');
});

test('an event is delivered again until it is acknowledged, after a restart, too', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lesspay-sandbox-'));
  try {
    const merchant = await openMerchant();
    const first = await openPaidOrder({ dataDir, merchant, redeliveryDelaysMs: [1000] });
    merchant.reply({ status: 503, text: 'later' });
    first.sandbox.orders.report('4711', { event: 'dispute_received', category: 'unrecognized' });
    await waitFor(() => first.sandbox.orders.get('4711').webhooks[0]?.attempts === 1, { what: 'the first attempt' });
    await first.sandbox.close();
    merchant.reply(ACKNOWLEDGE);
    first.clock.moveSilently(1000);
    const second = await openRig({ dataDir, merchant, clock: first.clock });
    await acknowledged(second, 1);
    expect(merchant.received[2]?.body).toBe(merchant.received[1]?.body);
    expect(read(merchant)).toMatchObject({ event_category: 'unrecognized' });
  } finally {
    await closeAll();
    rmSync(dataDir, { recursive: true });
  }
});

test('an event can be spoiled as any webhook: on a v1 one nothing of it is signed, nor read', async () => {
  const rig = await openPaidOrder();
  rig.sandbox.faults.add({ on: 'webhook', version: 'v1' });
  rig.sandbox.orders.report('4711', { event: 'dispute_received', category: 'other', code: '1' });
  await acknowledged(rig, 2);
  expect(rig.merchant.received[1]?.json).toMatchObject({
    event: 'dispute_received',
    event_data: { category: 'other' },
  });
  for (const name of ['event', 'event_category', 'event_code']) expect(read(rig.merchant)).not.toHaveProperty(name);
});

test('what can not be reported says so', async () => {
  const rig = await openRig({ notifyUrl: '' });
  await rig.create();
  const post = (path: string, body?: unknown) => rig.control('POST', `/orders/${path}`, body);
  expect(await (await post('4711/dispute', { category: 'bored' })).text()).toContain('product_service_not_received');
  expect((await post('4711/dispute')).status).toBe(400);
  expect((await post('4711/payment-declined', { code: '' })).status).toBe(400);
  expect((await post('4711/payment-declined', { code: '1', category: 'other' })).status).toBe(400);
  expect((await post('4712/dispute', { category: 'other' })).status).toBe(404);
  const unheard = await post('4711/dispute', { category: 'other' });
  expect({ status: unheard.status, text: await unheard.text() }).toMatchObject({
    status: 400,
    text: expect.stringContaining('no notify_url'),
  });
  expect(rig.sandbox.orders.get('4711').webhooks).toEqual([]);
});
