import { setImmediate as turn } from 'node:timers/promises';
import { waitFor } from '../machinery/wait-for';
import { ACKNOWLEDGE } from './merchant';
import { closeAll, openMerchant, openRig, type Rig } from './rig';

afterEach(closeAll);

const received = (rig: Rig, count: number) =>
  waitFor(() => rig.merchant.received.length === count, { what: `${count} webhooks` });
const acknowledged = (rig: Rig, count: number) =>
  waitFor(() => rig.sandbox.calls().webhooks_acknowledged === count, { what: `${count} acknowledged webhooks` });

test('a webhook carries every field of the fact sheet, signed by the v2 rule', async () => {
  const rig = await openRig();
  const id = (await rig.create()).order?.pay_order_id;
  rig.clock.pass(5000);
  rig.sandbox.orders.act('4711', 'pay');
  await acknowledged(rig, 1);
  const [webhook] = rig.merchant.received;
  expect(webhook?.signed).toBe(true);
  expect(webhook?.timestamp).toBe(String(rig.clock.now()));
  expect(webhook?.json).toEqual({
    request_id: '4711',
    pay_order_id: id,
    order_status: 'SUCCEED',
    order_status_int: 2,
    target_currency: 'USDT',
    target_amount: '100.00',
    success_url: 'https://shop.example/thanks?order=4711',
    fail_url: 'https://shop.example/sorry',
    notify_url: rig.merchant.url,
    product_name: 'Coffee',
    description: 'Two bags of beans',
    complete_time: rig.clock.now(),
    error_code: null,
    error_msg: null,
    merchant_reserved_field: null,
    api_version: 'v2',
    channel_biz_data: null,
    event: null,
    event_data: null,
  });
});

test("goes to the order's notify_url rather than to the sandbox's; without either there is none", async () => {
  const rig = await openRig();
  await rig.create({ notify_url: `${rig.merchant.url}/own` });
  rig.sandbox.orders.act('4711', 'decline');
  await acknowledged(rig, 1);
  expect(rig.merchant.received[0]).toMatchObject({
    path: '/own',
    json: { order_status: 'FAILED', error_code: 'DECLINED' },
  });

  const silent = await openRig({ notifyUrl: '' });
  await silent.create();
  expect(silent.sandbox.orders.act('4711', 'pay').webhooks).toEqual([]);
});

test('each change of status is told, in order', async () => {
  const rig = await openRig();
  await rig.create();
  rig.sandbox.orders.act('4711', 'pay-different', { amount: '90' });
  rig.sandbox.orders.act('4711', 'pay', { force: true });
  rig.sandbox.orders.act('4711', 'refund');
  await acknowledged(rig, 3);
  expect(rig.merchant.statuses()).toEqual(['PAID', 'SUCCEED', 'REFUND']);
});

test.each([
  ['another text', { status: 200, text: 'OK' }],
  ['an error', { status: 503, text: 'SUCCESS' }],
  ['a redirect, which is not followed', { status: 307, text: 'SUCCESS', location: '/elsewhere' }],
])('is delivered again, ever more slowly, until SUCCESS: first %s', async (_what, reply) => {
  const merchant = await openMerchant();
  merchant.reply(reply);
  const rig = await openRig({ merchant, redeliveryDelaysMs: [1000, 10_000, 100_000] });
  await rig.create({ expired_time: 86_400 });
  rig.sandbox.orders.act('4711', 'pay');
  await received(rig, 1);
  let count = 1;
  for (const delay of [1000, 10_000, 100_000, 100_000]) {
    await waitFor(() => rig.clock.sleeping()[0] === delay, { what: `a sleep of ${delay} ms` });
    rig.clock.pass(delay - 1);
    await turn();
    expect(rig.merchant.received).toHaveLength(count);
    if (delay === 100_000 && count === 4) merchant.reply(ACKNOWLEDGE);
    rig.clock.pass(1);
    await received(rig, ++count);
  }
  await acknowledged(rig, 1);
  await waitFor(() => rig.sandbox.orders.get('4711').webhooks.length === 0, { what: 'an empty queue' });
  expect(new Set(rig.merchant.received.map(({ body }) => body)).size).toBe(1);
  expect(rig.merchant.received.every(({ path }) => path === '/')).toBe(true);
});

test('a merchant that is down gets its webhook once it is up', async () => {
  const merchant = await openMerchant();
  const rig = await openRig({ notifyUrl: 'http://127.0.0.1:9/', redeliveryDelaysMs: [1000] });
  await rig.create();
  rig.sandbox.orders.act('4711', 'pay');
  await waitFor(() => rig.log.some((line) => line.includes('webhook SUCCEED of "4711": ')), {
    what: 'a failed delivery',
  });
  expect(rig.sandbox.calls()).toMatchObject({ webhooks_sent: 1, webhooks_acknowledged: 0 });
  expect(merchant.received).toEqual([]);
});

test('a later webhook waits for the one before it', async () => {
  const merchant = await openMerchant();
  merchant.reply({ status: 503, text: '' });
  const rig = await openRig({ merchant, redeliveryDelaysMs: [1000] });
  await rig.create({ expired_time: 86_400 });
  rig.sandbox.orders.act('4711', 'pay');
  rig.sandbox.orders.act('4711', 'refund');
  await waitFor(() => rig.clock.sleeping()[0] === 1000, { what: 'the redelivery delay' });
  merchant.reply(ACKNOWLEDGE);
  rig.clock.pass(1000);
  await acknowledged(rig, 2);
  expect(merchant.statuses()).toEqual(['SUCCEED', 'SUCCEED', 'REFUND']);
});

describe('on demand a webhook is', () => {
  test('lost: never sent, nor sent again; the next one is', async () => {
    const rig = await openRig();
    await rig.create();
    rig.sandbox.faults.add({ on: 'webhook', lose: true });
    rig.sandbox.orders.act('4711', 'pay');
    await waitFor(() => rig.sandbox.orders.get('4711').webhooks.length === 0, { what: 'the loss' });
    rig.sandbox.orders.act('4711', 'refund');
    await acknowledged(rig, 1);
    expect(rig.merchant.statuses()).toEqual(['REFUND']);
  });

  test("late, by the sandbox's clock", async () => {
    const rig = await openRig();
    await rig.create({ expired_time: 86_400 });
    rig.sandbox.faults.add({ on: 'webhook', late_ms: 3_600_000 });
    rig.sandbox.orders.act('4711', 'pay');
    await waitFor(() => rig.clock.sleeping()[0] === 3_600_000, { what: 'the delay' });
    expect(rig.merchant.received).toEqual([]);
    rig.clock.pass(3_600_000);
    await acknowledged(rig, 1);
  });

  test('doubled', async () => {
    const rig = await openRig();
    await rig.create();
    rig.sandbox.faults.add({ on: 'webhook', double: true });
    rig.sandbox.orders.act('4711', 'pay');
    await acknowledged(rig, 2);
    expect(rig.merchant.received[0]?.body).toBe(rig.merchant.received[1]?.body);
  });

  test('reordered: held back until the next one was sent', async () => {
    const rig = await openRig();
    await rig.create();
    rig.sandbox.faults.add({ on: 'webhook', reorder: true });
    rig.sandbox.orders.act('4711', 'pay');
    await waitFor(() => rig.sandbox.faults.list().length === 0, { what: 'the fault to be used' });
    rig.sandbox.orders.act('4711', 'refund');
    await acknowledged(rig, 2);
    expect(rig.merchant.statuses()).toEqual(['REFUND', 'SUCCEED']);
  });

  test('wrongly signed, and delivered well the next time', async () => {
    const merchant = await openMerchant();
    merchant.reply({ status: 401, text: 'bad signature' });
    const rig = await openRig({ merchant, redeliveryDelaysMs: [1000] });
    await rig.create({ expired_time: 86_400 });
    rig.sandbox.faults.add({ on: 'webhook', wrong_signature: true });
    rig.sandbox.orders.act('4711', 'pay');
    await waitFor(() => rig.clock.sleeping()[0] === 1000, { what: 'the redelivery delay' });
    merchant.reply(ACKNOWLEDGE);
    rig.clock.pass(1000);
    await acknowledged(rig, 1);
    expect(merchant.received.map(({ signed }) => signed)).toEqual([false, true]);
  });

  test('of version v1, signed by its rule', async () => {
    const rig = await openRig();
    await rig.create();
    rig.sandbox.faults.add({ on: 'webhook', version: 'v1' });
    rig.sandbox.orders.act('4711', 'pay');
    await acknowledged(rig, 1);
    expect(rig.merchant.received[0]).toMatchObject({ signed: true, json: { api_version: 'v1' } });
  });

  test('spoiled for one order only', async () => {
    const rig = await openRig();
    await rig.create();
    await rig.create({ request_id: '4712' });
    rig.sandbox.faults.add({ on: 'webhook', request_id: '4712', lose: true, times: null });
    rig.sandbox.orders.act('4712', 'pay');
    rig.sandbox.orders.act('4711', 'pay');
    await acknowledged(rig, 1);
    expect(rig.merchant.received.map(({ json }) => json['request_id'])).toEqual(['4711']);
  });
});

describe('a crafted webhook', () => {
  test('has what it is told to, is signed well, goes out once and tells the answer', async () => {
    const rig = await openRig();
    await rig.create();
    rig.merchant.reply({ status: 400, text: 'no' });
    const answer = await rig.sandbox.webhooks.send({
      request_id: '4711',
      status: 'SUCCEED',
      overrides: { event: 'dispute_received', extra: 1 },
    });
    expect(answer).toEqual({ http_status: 400, text: 'no' });
    expect(rig.merchant.received).toMatchObject([
      { signed: true, json: { order_status: 'SUCCEED', order_status_int: 2, event: 'dispute_received', extra: 1 } },
    ]);
    expect(rig.sandbox.orders.get('4711').status).toBe('PENDING_PAY');
  });

  test('can be any text with any signature, or none', async () => {
    const rig = await openRig();
    await rig.create();
    await rig.sandbox.webhooks.send({ request_id: '4711', raw: 'not json', signature: '' });
    await rig.sandbox.webhooks.send({ request_id: '4711', raw: '{"a":1}', signature: 'F00' });
    await rig.sandbox.webhooks.send({ request_id: '4711', raw: '{"a":100.00}', url: `${rig.merchant.url}/there` });
    expect(rig.merchant.received).toMatchObject([
      { body: 'not json', signature: undefined },
      { body: '{"a":1}', signature: 'F00' },
      { body: '{"a":100.00}', signed: true, path: '/there' },
    ]);
    await expect(rig.sandbox.webhooks.send({ request_id: '4711', raw: 'not json' })).rejects.toMatchObject({
      code: 'webhook_invalid',
    });
  });
});
