import { createHash } from 'node:crypto';
import type { ApiOptions } from '../../api/server';
import {
  bearer,
  call,
  NOWHERE,
  READ_KEY,
  signed,
  startTestApi,
  type TestApi,
  WRITE_KEY,
  postWebhook,
} from './running-api';

let api: TestApi;
afterEach(() => api.close());

const start = async (settings: Partial<ApiOptions['settings']>) => (api = await startTestApi(NOWHERE, { settings }));

const LIMITED = { status: 429, json: { code: 'rate_limited', status: 429 } };

/** Without asking anything of the records or of Temporal. */
const ask = (key?: string, headers: Record<string, string> = {}) =>
  call(`${api.url}/payins?no=1`, { headers: { ...(key === undefined ? {} : bearer(key)), ...headers } });

async function statusesOf(times: number, asked: () => ReturnType<typeof ask>): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) statuses.push((await asked()).status);
  return statuses;
}

describe('by key', () => {
  test('more than is allowed gets a problem document that says when to go on; another key is not held up', async () => {
    await start({ RATE_LIMIT_PER_KEY: 2 });
    expect(await statusesOf(2, () => ask(READ_KEY))).toEqual([400, 400]);
    const answer = await ask(READ_KEY);
    expect(answer).toMatchObject(LIMITED);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(answer.headers['ratelimit']).toMatch(/^"key"; r=0; t=\d+$/);
    expect(answer.headers['ratelimit-policy']).toMatch(/^"key"; q=2; w=60/);
    expect((await ask(WRITE_KEY)).status).toBe(400);
  });

  test('a wrong key counts for nobody', async () => {
    await start({ RATE_LIMIT_PER_KEY: 1 });
    expect(await statusesOf(3, () => ask('wrong'))).toEqual([401, 401, 401]);
    expect((await ask(READ_KEY)).status).toBe(400);
  });

  test('it counts whatever it is sent with, also where its scope is too narrow', async () => {
    await start({ RATE_LIMIT_PER_KEY: 2 });
    expect((await call(`${api.url}/docs`, { headers: bearer(READ_KEY) })).status).toBe(200);
    const post = () => call(`${api.url}/payins`, { method: 'POST', headers: bearer(READ_KEY), body: '?' });
    expect([(await post()).status, (await post()).status]).toEqual([403, 429]);
  });

  test('of POST, a body is not read beyond it', async () => {
    await start({ RATE_LIMIT_PER_KEY: 1 });
    await ask(WRITE_KEY);
    const answer = await call(`${api.url}/payins`, { method: 'POST', headers: bearer(WRITE_KEY), body: '?' });
    expect(answer).toMatchObject(LIMITED);
  });
});

describe('by address', () => {
  test('without a right key, whatever is asked of REST; health and webhooks never', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 3 });
    expect(await statusesOf(1, () => ask('wrong'))).toEqual([401]);
    for (const path of ['/docs', '/openapi.json']) expect((await call(`${api.url}${path}`)).status).toBe(200);
    for (const path of ['/payins', '/payins/a', '/payins/a/events', '/metrics', '/docs', '/openapi.json'])
      for (const headers of [{}, bearer('wrong')])
        expect(await call(`${api.url}${path}`, { headers })).toMatchObject(LIMITED);
    expect((await call(`${api.url}/healthz`)).status).toBe(200);
    const webhook = signed({ request_id: 'order-1', api_version: 'v2' });
    for (let time = 0; time < 5; time += 1)
      expect(await postWebhook(api, webhook)).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
    const forged = await Promise.all(Array.from({ length: 5 }, () => postWebhook(api, signed({}, 'forged'))));
    expect(forged.map(({ status }) => status)).toEqual(Array(5).fill(401));
  });

  test('a hundredth of them may be for what needs a key', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 201 });
    expect(await statusesOf(3, () => ask('wrong'))).toEqual([401, 401, 401]);
    const answer = await ask('wrong');
    expect(answer).toMatchObject(LIMITED);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await call(`${api.url}/docs`)).status).toBe(200);
  });

  test('however many come with a wrong key, a right one from the same address passes', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 201 });
    expect((await statusesOf(10, () => ask('wrong'))).at(-1)).toBe(429);
    expect(await statusesOf(2, () => ask(READ_KEY))).toEqual([400, 400]);
  });

  test('however many come without a key, a right one from the same address passes', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 2 });
    const docs = () => call(`${api.url}/docs`);
    expect(await statusesOf(3, docs)).toEqual([200, 200, 429]);
    expect(await statusesOf(3, () => ask(READ_KEY))).toEqual([400, 400, 400]);
    const post = { method: 'POST', headers: bearer(WRITE_KEY), body: '?' };
    expect((await call(`${api.url}/payins`, post)).status).toBe(415);
    expect((await call(`${api.url}/metrics`, { headers: bearer(READ_KEY) })).status).toBe(200);
  });

  test('requests with a right key count for no address', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 2 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(READ_KEY)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(400));
    expect(await statusesOf(2, () => call(`${api.url}/docs`))).toEqual([200, 200]);
  });

  /** Without a key. */
  const from = (address: string) => () => call(`${api.url}/docs`, { headers: { 'x-forwarded-for': address } });

  test('behind a trusted proxy it is the caller’s, an IPv6 network of /56 being one', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 1, TRUST_PROXY: 1 });
    expect(await statusesOf(2, from('203.0.113.7'))).toEqual([200, 429]);
    expect(await statusesOf(1, from('203.0.113.8'))).toEqual([200]);
    expect(await statusesOf(1, from('2001:db8:0:100::1'))).toEqual([200]);
    expect(await statusesOf(1, from('2001:db8:0:1ff::1'))).toEqual([429]);
    expect(await statusesOf(1, from('2001:db8:0:200::1'))).toEqual([200]);
    expect(api.log.some((line) => line.includes('"address":"203.0.113.8"'))).toBe(true);
  });

  test('behind nobody a made-up address counts for nothing, and the log says what may be wrong', async () => {
    await start({ RATE_LIMIT_PER_ADDRESS: 1 });
    expect(await statusesOf(1, from('203.0.113.7'))).toEqual([200]);
    expect(await statusesOf(1, from('203.0.113.8'))).toEqual([429]);
    expect(api.log.filter((line) => line.includes('X-Forwarded-For'))).toHaveLength(1);
  });
});

test('0 is no limit', async () => {
  await start({ RATE_LIMIT_PER_ADDRESS: 0, RATE_LIMIT_PER_KEY: 0 });
  const answer = await ask(READ_KEY);
  expect(answer.headers).not.toHaveProperty('ratelimit');
  expect(answer.status).toBe(400);
});

test('what is turned away is counted by its status', async () => {
  const sha256 = createHash('sha256').update('scraper').digest('hex');
  await start({
    RATE_LIMIT_PER_KEY: 1,
    API_KEYS: [
      { name: 'scraper', scope: 'read', sha256 },
      { name: 'shop', scope: 'read', sha256: createHash('sha256').update('shop').digest('hex') },
    ],
  });
  await statusesOf(3, () => ask('shop'));
  const { text } = await call(`${api.url}/metrics`, { headers: bearer('scraper') });
  expect(text).toMatch(/^http_request_duration_seconds_count\{route="\/payins",method="GET",status="429"\} 2$/m);
});
