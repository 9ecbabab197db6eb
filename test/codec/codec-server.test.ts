import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { startCodecServer } from '../../api/codec/server';
import type { RunningServer } from '../../api/http/serve';
import { readCodecSettings } from '../../settings';
import { jsonObject } from '../machinery/payin-request';

const UI = 'https://temporal.example.com';
const KEY = 'a-key';
const sha256 = createHash('sha256').update(KEY).digest('hex');
const secret = (byte: string) => Buffer.alloc(32, byte).toString('base64');
const ENV = { PAYLOAD_KEYS: `now=${secret('a')},old=${secret('b')}`, CODEC_KEYS: `mia:${sha256}`, CODEC_UI_ORIGIN: UI };

const plain = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from('"coffee"').toString('base64'),
};
const logger = pino({ level: 'silent' });
let time = Date.now();
const start = (env: NodeJS.ProcessEnv) =>
  startCodecServer({ settings: readCodecSettings({ ...env, CODEC_PORT: '0' }), logger, now: () => time });

let server: RunningServer;
beforeAll(async () => (server = await start(ENV)));
afterAll(() => server.close());

const post = (path: string, payloads: unknown, headers: Record<string, string> = { authorization: `Bearer ${KEY}` }) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify({ payloads }) });
async function payloadsOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  return jsonObject.parse(await response.json())['payloads'];
}

it('encrypts and decrypts, as the Temporal CLI and UI ask, and passes through what is not encrypted', async () => {
  const encrypted = await payloadsOf(await post('/encode', [plain, plain]));
  expect(JSON.stringify(encrypted)).not.toContain(plain.data);
  expect(await payloadsOf(await post('/decode?preserveStorageRefs=true', encrypted))).toEqual([plain, plain]);
  expect(await payloadsOf(await post('/decode', [plain]))).toEqual([plain]);
  // A query without arguments.
  expect(await payloadsOf(await post('/encode', undefined))).toEqual([]);
});

it('refuses everyone without a key, before it reads the body', async () => {
  for (const headers of [
    {},
    { authorization: 'Bearer other' },
    { cookie: `codec=9999999999999.${'0'.repeat(64)}.mia` },
  ])
    for (const path of ['/decode', '/encode']) expect((await post(path, [plain], headers)).status).toBe(401);
});

it('names the key that it lacks', async () => {
  const other = await start({ ...ENV, PAYLOAD_KEYS: `gone=${secret('c')}` });
  const { url } = other;
  const answer = await fetch(`${url}/encode`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ payloads: [plain] }),
  });
  const refused = await post('/decode', await payloadsOf(answer));
  await other.close();
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('encrypted with the key \\"gone\\", which PAYLOAD_KEYS does not have');
});

it('lets a person sign in with a browser, for 12 hours, and only pages of the UI read its answers', async () => {
  const signIn = (key: string) =>
    fetch(server.url, { method: 'POST', body: new URLSearchParams({ key }), redirect: 'manual' });
  expect((await signIn('other')).status).toBe(401);
  const [cookie = '', ...attributes] = ((await signIn(KEY)).headers.get('set-cookie') ?? '').split('; ');
  expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'Secure', 'SameSite=Strict']));

  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');
  const fromUi = await post('/decode', [plain], { cookie, origin: UI });
  expect([fromUi.status, allowed(fromUi)]).toEqual([200, UI]);
  expect(fromUi.headers.get('access-control-allow-credentials')).toBe('true');
  for (const origin of ['https://evil.example', `${UI}.evil.example`, 'null'])
    expect(allowed(await post('/decode', [plain], { cookie, origin }))).toBeNull();
  const preflight = await fetch(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin: UI } });
  expect([preflight.status, allowed(preflight)]).toEqual([204, UI]);

  time += 12 * 3_600_000;
  expect((await post('/decode', [plain], { cookie })).status).toBe(401);
});

it('needs keys: those of the payloads always, its own unless it is for development on one machine', () => {
  const { CODEC_KEYS: _none, ...open } = ENV;
  expect(readCodecSettings(open)).toMatchObject({ CODEC_KEYS: [] });
  const unset = 'CODEC_KEYS: is not set';
  expect(() => readCodecSettings({ ...open, NODE_ENV: 'production' })).toThrow(unset);
  expect(() => readCodecSettings({ ...open, CODEC_HOST: '0.0.0.0' })).toThrow(unset);
  expect(() => readCodecSettings({ CODEC_KEYS: ENV.CODEC_KEYS })).toThrow('there is nothing to decrypt');
  expect(() => readCodecSettings({ ...ENV, CODEC_UI_ORIGIN: `${UI}/` })).toThrow('CODEC_UI_ORIGIN: must be the origin');
});
