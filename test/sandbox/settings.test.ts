import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestSignature, webhookSignature } from '../../lesspay/signature';
import { waitFor } from '../machinery/wait-for';
import { closeAll, openRig, orderRequest, type Rig } from './rig';

afterEach(closeAll);

const told = (rig: Rig, count: number) =>
  waitFor(() => rig.merchant.received.length === count, { what: `${count} webhooks` });

describe("Lesspay's clock", () => {
  const HOUR = 3_600_000;

  test.each([HOUR, -HOUR])('%d ms off is what every time of an order, a page and a webhook goes by', async (skew) => {
    const rig = await openRig();
    await rig.control('PATCH', '/settings', { clock_skew_ms: skew });
    const lesspayNow = rig.clock.now() + skew;
    const url = (await rig.create({ expired_time: 60 })).order?.checkout_url ?? '';
    expect(rig.sandbox.orders.get('4711')).toMatchObject({
      created_at: lesspayNow,
      expires_at: lesspayNow + 60_000,
    });
    expect(await (await fetch(url)).text()).toContain('data-left-ms="60000"');
    rig.clock.pass(1000);
    rig.sandbox.orders.act('4711', 'pay');
    await told(rig, 1);
    expect(rig.merchant.received[0]).toMatchObject({
      timestamp: String(lesspayNow + 1000),
      json: { complete_time: lesspayNow + 1000 },
    });
  });

  test('ahead of ours, an order is not found in a window that ends now by ours', async () => {
    const rig = await openRig();
    rig.sandbox.settings.change({ clock_skew_ms: HOUR });
    await rig.create();
    const now = rig.clock.now();
    expect(await rig.query({ start_time: now - HOUR, end_time: now + HOUR - 1 })).toMatchObject({ code: 1202 });
    expect(await rig.query({ start_time: now + HOUR, end_time: now + HOUR })).toMatchObject({ code: 0 });
  });

  test.each([HOUR, -HOUR])('%d ms off runs as fast: an order lives as long as it should', async (skew) => {
    const rig = await openRig();
    rig.sandbox.settings.change({ clock_skew_ms: skew });
    await rig.create({ expired_time: 60 });
    rig.clock.pass(59_999);
    expect(rig.sandbox.orders.get('4711').status).toBe('PENDING_PAY');
    rig.clock.pass(1);
    await told(rig, 1);
    expect(rig.merchant.statuses()).toEqual(['CLOSED']);
  });

  test('put forward past the end of an order closes it at once', async () => {
    const rig = await openRig();
    await rig.create({ expired_time: 60 });
    rig.sandbox.settings.change({ clock_skew_ms: 60_000 });
    await told(rig, 1);
    expect(rig.merchant.statuses()).toEqual(['CLOSED']);
  });

  test('put back holds no webhook up, and hides no order', async () => {
    const rig = await openRig();
    rig.sandbox.settings.change({ clock_skew_ms: HOUR });
    await rig.create();
    rig.sandbox.faults.add({ on: 'webhook', reorder: true });
    rig.sandbox.orders.act('4711', 'pay');
    rig.sandbox.settings.change({ clock_skew_ms: 0 });
    rig.sandbox.orders.act('4711', 'refund');
    await told(rig, 2);
    expect((await rig.query({ end_time: rig.clock.now() + HOUR })).page?.list).toMatchObject([
      { order_status: 'REFUND' },
    ]);
  });
});

describe('the app secrets', () => {
  const OLD = 'sandbox-secret';
  const NEW = 'rotated-secret';

  const createSignedBy = async (rig: Rig, secret: string, request_id: string): Promise<number> => {
    const body = orderRequest({ request_id });
    const signature = requestSignature(JSON.stringify(body), secret);
    return (await rig.send('create-order', body, { 'x-auth-signature': signature })).status;
  };

  test.each([
    { app_secrets: [NEW], old: 401, fresh: 200, signs: NEW },
    { app_secrets: [NEW, OLD], old: 200, fresh: 200, signs: NEW },
    { app_secrets: [OLD, NEW], old: 200, fresh: 200, signs: OLD },
  ])('are rotated while it runs: $app_secrets', async ({ app_secrets, old, fresh, signs }) => {
    const rig = await openRig();
    await rig.create();
    const answer = await rig.control('PATCH', '/settings', { app_secrets });
    expect(await answer.json()).toMatchObject({ app_secrets: app_secrets.length });
    expect(await createSignedBy(rig, OLD, 'old')).toBe(old);
    expect(await createSignedBy(rig, NEW, 'new')).toBe(fresh);
    expect(await createSignedBy(rig, 'strange', 'strange')).toBe(401);
    rig.sandbox.orders.act('4711', 'pay');
    await told(rig, 1);
    await rig.sandbox.webhooks.send({ request_id: '4711' });
    for (const { body, signature } of rig.merchant.received) expect(signature).toBe(webhookSignature(body, signs));
  });

  test('sign a webhook anew each time it is delivered', async () => {
    const rig = await openRig({ redeliveryDelaysMs: [1000] });
    rig.merchant.reply({ status: 401, text: 'bad signature' });
    await rig.create();
    rig.sandbox.orders.act('4711', 'pay');
    await waitFor(() => rig.clock.sleeping()[0] === 1000, { what: 'the redelivery delay' });
    rig.sandbox.settings.change({ app_secrets: [NEW] });
    rig.clock.pass(1000);
    await told(rig, 2);
    expect(rig.merchant.received.map(({ body, signature }) => signature === webhookSignature(body, NEW))).toEqual([
      false,
      true,
    ]);
  });

  test('are never shown, stored or logged', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lesspay-sandbox-'));
    try {
      const rig = await openRig({ dataDir, appSecret: [OLD, 'other-secret'] });
      await rig.create();
      const said = [await (await rig.control('GET', '/settings')).text()];
      for (const app_secrets of [[NEW, OLD], [NEW, ''], [NEW, 1], NEW, []])
        said.push(await (await rig.control('PATCH', '/settings', { app_secrets })).text());
      rig.sandbox.orders.act('4711', 'pay');
      await told(rig, 1);
      said.push(...readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name), 'utf8')));
      said.push(JSON.stringify([rig.sandbox.settings, rig.sandbox.settings.get(), rig.sandbox.orders.list()]));
      for (const text of [...said, ...rig.log]) expect(text).not.toMatch(/sandbox-secret|other-secret|rotated-secret/);
      expect(said[0]).toContain('"app_secrets":2');
    } finally {
      await closeAll();
      rmSync(dataDir, { recursive: true });
    }
  });

  test('can not be none, or empty', async () => {
    const rig = await openRig();
    for (const app_secrets of [[], [''], ['x', ''], 'x'])
      expect((await rig.control('PATCH', '/settings', { app_secrets })).status).toBe(400);
    expect(rig.sandbox.settings.get().app_secrets).toBe(1);
    await expect(openRig({ appSecret: '' })).rejects.toThrow('app_secrets');
  });
});
