import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:net';
import { pino } from 'pino';
import { type Delay, measureDelay } from '../../api/http/overload';
import { type RunningServer, serve, type ServeOptions } from '../../api/http/serve';
import { createReceiver, type ReceiverOptions } from '../../api/receiver/app';
import { readApiSettings, readReceiverSettings, SettingsError } from '../../settings';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { waitFor } from '../machinery/wait-for';
import {
  bearer,
  call,
  JSON_TYPE,
  NOWHERE,
  READ_KEY,
  SECRETS,
  signed,
  startTestApi,
  temporalAddress,
} from './running-api';
import { temporalClient } from '../../temporal.config';

/** The receiver of webhooks apart from the API, and what protects both. */

const client = temporalClient({ namespace: 'default', connectionOptions: { address: temporalAddress() } });
afterAll(() => client.connection.close());

const SETTINGS = readReceiverSettings({ LESSPAY_APP_SECRET: SECRETS.join(), OVERLOAD_DELAY_MS: '0' });
const records = { find: () => Promise.resolve(undefined), findByPayOrderId: () => Promise.resolve(undefined) };

let running: Pick<RunningServer, 'close'>[] = [];
afterEach(async () => {
  await Promise.all(running.map((server) => server.close()));
  running = [];
});

async function start(
  settings: Partial<ReceiverOptions['settings']> = {},
  { delay, ...options }: Partial<ServeOptions> & { delay?: Delay } = {},
) {
  const log: string[] = [];
  const app = createReceiver({
    client,
    records,
    settings: { ...SETTINGS, ...settings },
    logger: pino({}, { write: (line: string) => void log.push(line) }),
    ...(delay ? { delay } : {}),
  });
  const server = await serve(app, { host: '127.0.0.1', port: 0, ...options });
  running.push(server);
  return { ...server, log };
}
type Receiver = Awaited<ReturnType<typeof start>>;

const deliver = ({ url }: Pick<Receiver, 'url'>, webhook: object, headers: Record<string, string> = {}) => {
  const { body, headers: own } = signed(webhook);
  return call(`${url}/webhooks/lesspay`, { method: 'POST', body, headers: { ...own, ...headers } });
};
const WEBHOOK = { request_id: 'receiver-1', order_status: 'SUCCEED', api_version: 'v2' };

it('takes webhooks, which Temporal keeps, and has no other route', async () => {
  const receiver = await start();
  expect(await deliver(receiver, WEBHOOK)).toMatchObject({ status: 200, text: 'SUCCESS' });
  const handle = client.workflow.getHandle(payinWorkflowId(WEBHOOK.request_id));
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await handle.terminate();
  expect((await call(`${receiver.url}/readyz`)).json).toMatchObject({ temporal: 'up' });
  for (const path of ['/payins', '/payins/receiver-1', '/metrics', '/openapi.json', '/docs'])
    expect((await call(`${receiver.url}${path}`, { headers: bearer(READ_KEY) })).status).toBe(404);
});

it('accepts webhooks only from the addresses of WEBHOOK_ADDRESSES, as the proxy states them', async () => {
  const { WEBHOOK_ADDRESSES } = readReceiverSettings({ WEBHOOK_ADDRESSES: '203.0.113.0/24, 2001:db8::7' });
  const receiver = await start({ WEBHOOK_ADDRESSES, TRUST_PROXY: 1 });
  const from = async (address: string) =>
    (await deliver(receiver, { ...WEBHOOK, request_id: 'not an id' }, { 'x-forwarded-for': address })).status;
  for (const address of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::7', '198.51.100.1, 203.0.113.9'])
    expect([address, await from(address)]).not.toEqual([address, 403]);
  for (const address of ['203.0.114.9', '2001:db8::8', '203.0.113.9, 198.51.100.1', 'unknown', ''])
    expect([address, await from(address)]).toEqual([address, 403]);
  expect(receiver.log.join('')).toContain('webhook refused: address_refused');
  const direct = await start({ WEBHOOK_ADDRESSES });
  expect((await deliver(direct, WEBHOOK, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
});

it('cuts off who sends the header, or the body, slowly', async () => {
  const { port } = await start({}, { requestTimeoutMs: 200 });
  const headers = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 900';
  for (const begun of ['POST /webhooks/les', `POST /webhooks/lesspay HTTP/1.1\r\n${headers}\r\n\r\n{`]) {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.write(begun);
    const drip = setInterval(() => socket.write('x'), 50);
    expect(await once(socket, 'data')).toEqual([expect.stringMatching(/^HTTP\/1\.1 408 /)]);
    clearInterval(drip);
    socket.destroy();
  }
});

it('closes connections above MAX_CONNECTIONS at once', async () => {
  const { port, url } = await start({}, { maxConnections: 2 });
  const held = [1, 2].map(() => connect(port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  const third = connect(port, '127.0.0.1');
  third.on('error', () => undefined);
  await once(third.resume(), 'close');
  for (const socket of held) socket.destroy();
  const again = () =>
    call(`${url}/healthz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await waitFor(again, { what: 'a free connection' });
  expect(third.bytesRead).toBe(0);
});

it('an overloaded API refuses REST first, then webhooks too, and never its health check', async () => {
  let late = 0;
  let retryAfter: string | undefined;
  const api = await startTestApi(NOWHERE, { delay: () => late, settings: { OVERLOAD_DELAY_MS: 100 } });
  running.push(api);
  const statuses = async () => {
    const get = (path: string) => call(`${api.url}${path}`, { headers: bearer(READ_KEY) });
    const [payin, health, webhook] = [await get('/payins?limit=x'), await get('/healthz'), await deliver(api, {})];
    retryAfter = payin.headers['retry-after'];
    return [payin.status, webhook.status, health.status];
  };
  expect(await statuses()).toEqual([400, 400, 200]);
  late = 101;
  expect([...(await statuses()), retryAfter]).toEqual([503, 400, 200, '5']);
  late = 401;
  expect(await statuses()).toEqual([503, 503, 200]);
  late = 0;
  expect(await statuses()).toEqual([400, 400, 200]);
});

it('measures how late the event loop is, and takes one long pause for no overload', async () => {
  const { delay, stop } = measureDelay();
  const busyFor = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until;);
  };
  busyFor(1_500);
  await pause(1_000);
  expect(delay()).toBe(0);
  const busy = setInterval(() => busyFor(400), 1);
  await waitFor(() => delay() > 200, { what: 'the overload' });
  clearInterval(busy);
  await waitFor(() => delay() < 100, { what: 'the end of the overload' });
  stop();
});

it('the API needs no secret of Lesspay where the receiver is apart, and has no route for webhooks then', async () => {
  const env = { NODE_ENV: 'production', API_KEYS: `shop:write:${'0'.repeat(64)}`, PAYLOAD_KEYS: 'none' };
  const DATABASE_URL = 'postgres://localhost/payins';
  expect(() => readApiSettings({ ...env, DATABASE_URL })).toThrow('LESSPAY_APP_SECRET: is not set');
  expect(readApiSettings({ ...env, DATABASE_URL, WEBHOOKS_ON_API: 'no' })).toMatchObject({ LESSPAY_APP_SECRET: [] });
  const api = await startTestApi(NOWHERE, { settings: { WEBHOOKS_ON_API: 'no', LESSPAY_APP_SECRET: [] } });
  running.push(api);
  expect((await call(`${api.url}/webhooks/lesspay`, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(
    404,
  );
});

it('the receiver needs the secret, and a database only to know the orders of another shop', () => {
  const env = { NODE_ENV: 'production', PAYLOAD_KEYS: 'none' };
  expect(() => readReceiverSettings(env)).toThrow(new SettingsError(['LESSPAY_APP_SECRET: is not set']));
  const LESSPAY_APP_SECRET = 'secret';
  expect(readReceiverSettings({ ...env, LESSPAY_APP_SECRET })).not.toHaveProperty('API_KEYS');
  expect(() => readReceiverSettings({ ...env, LESSPAY_APP_SECRET, REQUEST_ID_PREFIX: 'shop-' })).toThrow(
    'DATABASE_URL: is not set',
  );
  for (const WEBHOOK_ADDRESSES of ['lesspay.example', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.1/8/8', '10.0.0.1,'])
    expect(() => readReceiverSettings({ WEBHOOK_ADDRESSES })).toThrow('WEBHOOK_ADDRESSES: ');
});
