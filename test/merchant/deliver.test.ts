import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import type { Endpoint } from '../../merchant/endpoint';
import { createMerchant, type MerchantOptions } from '../../merchant/merchant';
import { webhookId } from '../../merchant/notification-body';
import { retryAfterMs } from '../../merchant/retry-after';
import { notifiedEvent, notifiedPayin } from '../machinery/notified-payin';
import { waitFor } from '../machinery/wait-for';
import { startEndpoint, type EndpointServer } from './endpoint-server';

const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;
const [OLD, NEW] = [secretOf(24), secretOf(64)];

const opened: EndpointServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

async function open(...args: Parameters<typeof startEndpoint>): Promise<EndpointServer> {
  const server = await startEndpoint(...args);
  opened.push(server);
  return server;
}

const NOTIFICATION = {
  payin: { ...notifiedPayin('47.11', 'SUCCEED'), digest: 'ours alone' },
  event: notifiedEvent(3, 'SUCCEED'),
};

function deliver(url: string, endpoint: Partial<Endpoint> = {}, options: Partial<MerchantOptions> = {}) {
  const endpoints = [{ name: 'shop', url, secrets: [OLD], allowPrivate: true, ...endpoint }];
  return createMerchant({ endpoints, timeoutMs: 10_000, ...options }).deliver('shop', NOTIFICATION);
}

it('sends the event and the pay-in as REST shows it, signed, under an id without "."', async () => {
  const server = await open();
  expect(await deliver(server.url)).toBe(204);
  const [{ headers, text } = { headers: {}, text: '' }] = server.received;
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': webhookId(NOTIFICATION) });
  const { checkout_url: _paid, ...payin } = notifiedPayin('47.11', 'SUCCEED');
  expect(new Webhook(OLD).verify(text, headers)).toEqual({
    type: 'payin.transition',
    timestamp: NOTIFICATION.event.at,
    data: { payin, event: NOTIFICATION.event },
  });
});

it('another event has another id, also under the same number; the same event has the same, however it was kept', () => {
  const idOf = (data: Record<string, unknown>) =>
    webhookId({ ...NOTIFICATION, event: { ...NOTIFICATION.event, data } });
  expect(idOf({ from: 'PAID', to: 'SUCCEED' })).toMatch(/^47~11_3_[0-9a-f]{8}$/);
  expect(idOf({ to: 'SUCCEED', pay_order_id: undefined, from: 'PAID' })).toBe(idOf({ from: 'PAID', to: 'SUCCEED' }));
  expect(idOf({ from: 'PAID', to: 'REFUND' })).not.toBe(idOf({ from: 'PAID', to: 'SUCCEED' }));
});

it('while secrets rotate all of them sign, and each alone verifies', async () => {
  const server = await open();
  await deliver(server.url, { secrets: [NEW, OLD] });
  const [{ headers, text } = { headers: {}, text: '' }] = server.received;
  for (const secret of [OLD, NEW]) expect(new Webhook(secret).verify(text, headers)).toBeDefined();
  expect(() => new Webhook(secretOf(32)).verify(text, headers)).toThrow('No matching signature');
});

it('each attempt has the same id and a time of its own', async () => {
  const server = await open();
  let now = Date.now();
  await deliver(server.url, {}, { now: () => now });
  now += 60_000;
  await deliver(server.url, {}, { now: () => now });
  const [first, second] = server.received.map(({ headers }) => headers);
  expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
  expect(Number(second?.['webhook-timestamp']) - Number(first?.['webhook-timestamp'])).toBe(60);
});

it.each([200, 201, 299])('%d counts as taken', async (http_status) => {
  const server = await open((response) => response.writeHead(http_status).end('thanks'));
  expect(await deliver(server.url)).toBe(http_status);
});

it.each([301, 302, 307, 308, 304])('%d is refused, and not followed', async (http_status) => {
  const elsewhere = await open();
  const server = await open((response) => response.writeHead(http_status, { location: elsewhere.url }).end());
  await expect(deliver(server.url)).rejects.toMatchObject({ code: 'redirect', more: { http_status } });
  expect(elsewhere.received).toEqual([]);
});

it.each([
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [422, 'refused'],
  [410, 'gone'],
  [408, 'status'],
  [425, 'status'],
  [429, 'status'],
  [500, 'status'],
  [503, 'status'],
])('%d is no success: %s', async (http_status, code) => {
  const server = await open((response) => response.writeHead(http_status).end());
  await expect(deliver(server.url)).rejects.toMatchObject({ code, more: { http_status } });
});

it('a refusal says whether the endpoint takes others', async () => {
  const answers = [422, 204, 422, 422];
  const server = await open((response) => response.writeHead(answers.shift() ?? 500).end());
  let now = Date.now();
  const endpoints = [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }];
  const merchant = createMerchant({ endpoints, now: () => now });
  const answer = () => merchant.deliver('shop', NOTIFICATION).then(String, (error: Error) => error.message);
  expect(await answer()).toMatch(/answered 422$/);
  expect(await answer()).toBe('204');
  expect(await answer()).toMatch(/answered 422, but takes others: the problem is this notification$/);
  now += 3_600_000;
  expect(await answer()).toMatch(/answered 422$/);
});

describe('Retry-After', () => {
  const NOW = Date.parse('2026-11-27T12:00:00Z');
  it.each([
    ['seconds', { 'retry-after': '120' }, 120_000],
    ['none', {}, undefined],
    ['a day at the most', { 'retry-after': '99999999999999999999999' }, 86_400_000],
    ['a date', { 'retry-after': 'Fri, 27 Nov 2026 12:02:00 GMT' }, 120_000],
    ['a date of RFC 850', { 'retry-after': 'Friday, 27-Nov-26 12:02:00 GMT' }, 120_000],
    ['a date of asctime', { 'retry-after': 'Fri Nov 27 12:02:00 2026' }, 120_000],
    ['a date that has passed', { 'retry-after': 'Fri, 27 Nov 2026 11:00:00 GMT' }, 0],
    [
      "a date by the endpoint's clock, an hour slow",
      { date: 'Fri, 27 Nov 2026 11:00:00 GMT', 'retry-after': 'Fri, 27 Nov 2026 11:02:00 GMT' },
      120_000,
    ],
    ['a date beside a Date that is none', { date: '0', 'retry-after': 'Fri, 27 Nov 2026 12:02:00 GMT' }, 120_000],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['less than nothing', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['a year', { 'retry-after': '2027-01-01' }, undefined],
  ])('%s', (_what, headers, ms) => {
    expect(retryAfterMs(headers, NOW)).toBe(ms);
  });

  it.each([429, 503])(
    'with %d it is heeded, and meanwhile the endpoint is left alone, five minutes at the most',
    async (status) => {
      let now = NOW;
      const server = await open((response) =>
        server.received.length === 1
          ? response.writeHead(status, { 'retry-after': '3600', date: '' }).end()
          : response.writeHead(204).end(),
      );
      const endpoints = [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }];
      const merchant = createMerchant({ endpoints, now: () => now });
      const again = () => merchant.deliver('shop', NOTIFICATION);
      await expect(again()).rejects.toMatchObject({ code: 'status', more: { retryAfterMs: 3_600_000 } });
      now += 100_000;
      await expect(again()).rejects.toMatchObject({ code: 'held_back', more: { retryAfterMs: 200_000 } });
      expect(server.received).toHaveLength(1);
      now += 200_000;
      expect(await again()).toBe(204);
    },
  );
});

it('no message holds the path, the query or a secret', async () => {
  const messages = await Promise.all(
    [
      deliver((await open((response) => response.writeHead(500).end('path-secret'))).url),
      deliver((await open((response) => response.writeHead(302, { location: '/query-secret' }).end())).url),
      deliver((await open((response) => response.destroy())).url),
      deliver((await open(() => undefined)).url, {}, { timeoutMs: 500 }),
      deliver('http://127.0.0.1:1/path-secret?query-secret'),
      deliver('http://127.0.0.1:1/path-secret?query-secret', { allowPrivate: false }),
    ].map((call) => call.then(() => 'taken', String)),
  );
  expect(messages).toEqual([
    expect.stringMatching(/127\.0\.0\.1:\d+ answered 500$/),
    expect.stringMatching(/answered 302, a redirect/),
    expect.stringMatching(/no answer from 127\.0\.0\.1:\d+ \(ECONNRESET\)/),
    expect.stringMatching(/did not answer within 500 ms/),
    expect.stringMatching(/no answer from 127\.0\.0\.1:1 \(ECONNREFUSED\)/),
    expect.stringMatching(/has no public address/),
  ]);
  for (const message of messages) expect(message).not.toMatch(/secret|whsec/);
});

it('an endless answer is neither read nor waited for', async () => {
  let sent = 0;
  const server = await open((response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    response.on('drain', pour);
    pour();
  });
  expect(await deliver(server.url, {}, { timeoutMs: 60_000 })).toBe(200);
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

it('an answer that drips on counts by its status, when the time is up', async () => {
  const server = await open((response) => {
    response.writeHead(200);
    response.write('.');
  });
  expect(await deliver(server.url, {}, { timeoutMs: 500 })).toBe(200);
});

it('what is packed stays packed', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  const server = await open((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
  const before = process.memoryUsage().rss;
  expect(await deliver(server.url)).toBe(200);
  expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024);
});

it('a proxy of the environment is not used', async () => {
  const [server, proxy] = [await open(), await open()];
  const names = ['http_proxy', 'HTTP_PROXY', 'NODE_USE_ENV_PROXY'];
  for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`;
  try {
    await deliver(server.url);
  } finally {
    for (const name of names) delete process.env[name];
  }
  expect([server.received.length, proxy.received.length]).toEqual([1, 0]);
});

it('a kept connection that the endpoint closed in the meantime is no failure', async () => {
  const server = await open((response) => {
    response.writeHead(204).end();
    setTimeout(() => response.socket?.destroy(), 5);
  });
  const endpoints = [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }];
  const merchant = createMerchant({ endpoints });
  for (let count = 0; count < 20; count += 1) {
    expect(await merchant.deliver('shop', NOTIFICATION)).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 4 + (count % 3)));
  }
});

it('one that it closes just as it is used again is given up for a fresh one', async () => {
  const used = new WeakSet();
  const server = await open((response, { socket }) => {
    if (used.has(socket)) return void socket.destroy();
    used.add(socket);
    response.writeHead(204).end();
  });
  const endpoints = [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }];
  const merchant = createMerchant({ endpoints });
  for (let count = 0; count < 2; count += 1) expect(await merchant.deliver('shop', NOTIFICATION)).toBe(204);
  expect(server.received).toHaveLength(3);
});

describe('an endpoint that may not be private', () => {
  it.each([
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0177.0.0.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254',
  ])('%s: nothing is sent', async (host) => {
    const server = await open();
    const call = deliver(`${host}:${server.port}/`, { allowPrivate: false });
    await expect(call).rejects.toMatchObject({ code: 'address_refused' });
    expect(server.received).toEqual([]);
  });

  it('a name that resolves to this machine: nothing is sent', async () => {
    const server = await open();
    const call = deliver(`http://localhost:${server.port}/`, { allowPrivate: false });
    await expect(call).rejects.toMatchObject({ code: 'address_refused' });
    expect(server.received).toEqual([]);
  });

  it.each(['127.0.0.1', '10.0.0.7', '::1', '::ffff:10.0.0.7'])(
    'a name that DNS says is %s: nothing is sent',
    async (address) => {
      const server = await open();
      const family = address.includes(':') ? 6 : 4;
      const call = deliver(
        `http://shop.example:${server.port}/`,
        { allowPrivate: false },
        { resolve: (_hostname, _options, callback) => callback(null, [{ address, family }]) },
      );
      await expect(call).rejects.toMatchObject({ code: 'address_refused' });
      expect(server.received).toEqual([]);
    },
  );

  it('DNS that says another address the second time gains nothing: it is asked once, for the connection', async () => {
    const server = await open();
    let asked = 0;
    const call = deliver(
      `http://shop.example:${server.port}/`,
      { allowPrivate: false },
      {
        resolve(_hostname, _options, callback) {
          asked += 1;
          callback(null, [{ address: asked === 1 ? '203.0.114.1' : '127.0.0.1', family: 4 }]);
        },
      },
    );
    await expect(call).rejects.toMatchObject({ name: 'DeliveryError' });
    expect([asked, server.received]).toEqual([1, []]);
  });
});

describe('an endpoint that hangs', () => {
  const merchantOf = (server: EndpointServer, more: Partial<MerchantOptions> = {}) =>
    createMerchant({
      endpoints: [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }],
      timeoutMs: 300,
      quickTimeoutMs: 100,
      ...more,
    });
  const codes = (calls: readonly PromiseSettledResult<unknown>[]) =>
    calls.map((call) =>
      call.status === 'rejected' && call.reason instanceof Error ? String(Reflect.get(call.reason, 'code')) : 'taken',
    );

  it('gets no more than its share of calls at once; the others come back at once', async () => {
    const server = await open(() => undefined);
    const merchant = merchantOf(server);
    const calls = await Promise.allSettled(Array.from({ length: 30 }, () => merchant.deliver('shop', NOTIFICATION)));
    expect(codes(calls).filter((code) => code === 'timeout')).toHaveLength(20);
    expect(codes(calls).filter((code) => code === 'held_back')).toHaveLength(10);
  });

  it('gets half of them quickly', async () => {
    const server = await open(() => undefined);
    const merchant = merchantOf(server);
    const calls = await Promise.allSettled(
      Array.from({ length: 15 }, () => merchant.deliver('shop', NOTIFICATION, { quick: true })),
    );
    expect(codes(calls).filter((code) => code === 'timeout')).toHaveLength(10);
    expect(codes(calls).filter((code) => code === 'held_back')).toHaveLength(5);
  });

  it('leaves room in a worker with many like it, and each other endpoint still gets some calls', async () => {
    const [server, healthy] = [await open(() => undefined), await open()];
    const names = ['a', 'b', 'c', 'd', 'e'];
    const endpoints = [
      ...names.map((name) => ({ name, url: server.url, secrets: [OLD], allowPrivate: true })),
      { name: 'shop', url: healthy.url, secrets: [OLD], allowPrivate: true },
    ];
    const merchant = merchantOf(server, { endpoints });
    const hanging = names.flatMap((name) => Array.from({ length: 20 }, () => merchant.deliver(name, NOTIFICATION)));
    const others = Array.from({ length: 3 }, () => merchant.deliver('shop', NOTIFICATION));
    expect(codes(await Promise.allSettled(others))).toEqual(['taken', 'taken', 'held_back']);
    // 20, 20, 10, and 2 of each of the others.
    expect(codes(await Promise.allSettled(hanging)).filter((code) => code === 'timeout')).toHaveLength(54);
    const afterwards = Array.from({ length: 3 }, () => merchant.deliver('shop', NOTIFICATION));
    expect(codes(await Promise.allSettled(afterwards))).toEqual(['taken', 'taken', 'taken']);
  });

  it('is not tried quickly for a while, and then again', async () => {
    let hangs = true;
    const server = await open((response) => (hangs ? undefined : response.writeHead(204).end()));
    let now = Date.now();
    const merchant = merchantOf(server, { now: () => now });
    const quick = () => merchant.deliver('shop', NOTIFICATION, { quick: true });
    await expect(quick()).rejects.toMatchObject({ code: 'timeout' });
    hangs = false;
    await expect(quick()).rejects.toMatchObject({ code: 'held_back' });
    now += 31_000;
    await expect(quick()).resolves.toBe(204);
    await expect(quick()).resolves.toBe(204);
  });

  it.each([400, 410])(
    'is tried quickly at once where it answered %d, which concerns one pay-in only',
    async (status) => {
      const answers = [status];
      const server = await open((response) => response.writeHead(answers.pop() ?? 204).end());
      const merchant = merchantOf(server);
      const quick = () => merchant.deliver('shop', NOTIFICATION, { quick: true });
      await expect(quick()).rejects.toMatchObject({ more: { http_status: status } });
      await expect(quick()).resolves.toBe(204);
    },
  );

  it('is tried quickly at once when another call got through', async () => {
    let hangs = true;
    const server = await open((response) => (hangs ? undefined : response.writeHead(204).end()));
    const merchant = merchantOf(server);
    await expect(merchant.deliver('shop', NOTIFICATION)).rejects.toMatchObject({ code: 'timeout' });
    hangs = false;
    await merchant.deliver('shop', NOTIFICATION);
    await expect(merchant.deliver('shop', NOTIFICATION, { quick: true })).resolves.toBe(204);
  });
});

it('a call that is taken back ends', async () => {
  const server = await open(() => undefined);
  const stop = new AbortController();
  const endpoints = [{ name: 'shop', url: server.url, secrets: [OLD], allowPrivate: true }];
  const call = createMerchant({ endpoints }).deliver('shop', NOTIFICATION, { signal: stop.signal });
  const [refused] = await Promise.allSettled([
    call,
    waitFor(() => server.received.length === 1, { what: 'the call' }).then(() => stop.abort()),
  ]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
});

it('an endpoint that the settings no longer name says so', async () => {
  await expect(createMerchant({ endpoints: [] }).deliver('shop', NOTIFICATION)).rejects.toThrow(
    'NOTIFY_ENDPOINTS has no endpoint shop',
  );
});
