import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../machinery/wait-for';
import { ACKNOWLEDGE } from './merchant';
import { closeAll, openMerchant, openRig } from './rig';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lesspay-sandbox-'));
});
afterEach(async () => {
  await closeAll();
  rmSync(dataDir, { recursive: true });
});

const files = () => readdirSync(dataDir);
const onDisk = () =>
  files()
    .map((name) => readFileSync(join(dataDir, name), 'utf8'))
    .join('');

test('orders outlive the sandbox, which goes on refusing their request_id', async () => {
  const first = await openRig({ dataDir });
  const created = await first.create();
  await first.sandbox.close();
  const second = await openRig({ dataDir, clock: first.clock });
  expect((await second.query()).page?.list[0]).toMatchObject({
    pay_order_id: created.order?.pay_order_id,
    order_status: 'PENDING_PAY',
  });
  expect(await second.create()).toMatchObject({ code: 1201 });
});

test('what was answered is on disk before the answer: a sandbox that dies at once loses nothing', async () => {
  const first = await openRig({ dataDir });
  await first.create();
  first.sandbox.orders.act('4711', 'pay');
  // As after kill -9: the first is not closed, so it had no chance to write anything more.
  const second = await openRig({ dataDir, clock: first.clock });
  expect(second.sandbox.orders.get('4711').status).toBe('SUCCEED');
});

test('a webhook that was not acknowledged is delivered after a restart', async () => {
  const merchant = await openMerchant();
  merchant.reply({ status: 503, text: 'later' });
  const first = await openRig({ dataDir, merchant });
  await first.create();
  first.sandbox.orders.act('4711', 'pay');
  await waitFor(() => first.sandbox.orders.get('4711').webhooks[0]?.attempts === 1, { what: 'the first attempt' });
  await first.sandbox.close();

  merchant.reply(ACKNOWLEDGE);
  first.clock.moveSilently(3_600_000);
  const second = await openRig({ dataDir, merchant, clock: first.clock });
  await waitFor(() => second.sandbox.calls().webhooks_acknowledged === 1, { what: 'the redelivery' });
  expect(merchant.statuses()).toEqual(['SUCCEED', 'SUCCEED']);
  await waitFor(() => second.sandbox.orders.get('4711').webhooks.length === 0, { what: 'an empty queue' });
});

test('an order whose time ran out meanwhile is CLOSED by the restart, and told', async () => {
  const first = await openRig({ dataDir });
  await first.create();
  await first.sandbox.close();
  first.clock.moveSilently(86_400_000);
  const second = await openRig({ dataDir, clock: first.clock, merchant: first.merchant });
  await waitFor(() => second.merchant.received.length === 1, { what: 'the webhook' });
  expect(second.merchant.statuses()).toEqual(['CLOSED']);
});

test('a request_id that looks like a path writes no file elsewhere', async () => {
  const rig = await openRig({ dataDir });
  const created = await rig.create({ request_id: '../../../x' });
  expect(files()).toEqual([`${created.order?.pay_order_id}.json`]);
});

test('no secret and no card data reaches the disk or the log', async () => {
  const rig = await openRig({ dataDir });
  await rig.create({
    way_type: 'CARD_PAYMENT',
    pay_access_type: 2,
    notify_url: rig.merchant.url,
    channel_extra: { extra_type: 'card', card_data: { number: '4111111111111111', cvv: 'cvv-of-card' } },
    three_ds: { enabled: true, marker: 'three-ds-data' },
  });
  expect(rig.sandbox.orders.list()).toHaveLength(1);
  const kept = onDisk() + rig.log.join('') + JSON.stringify(rig.sandbox.orders.list());
  for (const secret of ['4111111111111111', 'cvv-of-card', 'three-ds-data', 'sandbox-secret'])
    expect(kept).not.toContain(secret);
});

test('half-written files of a crash are removed; a spoiled order is named', async () => {
  writeFileSync(join(dataDir, 'P2000000000000000001.json.tmp'), '{"pay_or');
  const { sandbox } = await openRig({ dataDir });
  expect(files()).toEqual([]);
  await sandbox.close();
  writeFileSync(join(dataDir, 'P2000000000000000001.json'), '{"pay_or');
  await expect(openRig({ dataDir })).rejects.toThrow('P2000000000000000001.json is not an order of the sandbox');
});
