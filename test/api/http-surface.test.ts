import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { openRecords } from '../../records/open-records';
import { startApi } from '../../api/server';
import { bearer, call, NOWHERE, PAYIN, postPayin, READ_KEY, startTestApi, type TestApi } from './running-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(NOWHERE);
});
afterAll(() => api.close());

describe('bodies', () => {
  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/problem+json',
  ])('the type %s gets 415', async (type) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    const { authorization } = bearer('the-key-that-may-write');
    const answer = await call(`${api.url}/payins`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: '{}',
    });
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON ;charset="UTF-8"'])(
    'the type %s is welcome',
    async (type) => {
      expect(await postPayin(api, '{}', { 'content-type': type })).toMatchObject({ json: { code: 'invalid_request' } });
    },
  );

  test('a content encoding gets 415', async () => {
    const answer = await postPayin(api, gzipSync(JSON.stringify(PAYIN)), { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
  });

  test('64 KiB pass, one byte more gets 413, told or untold', async () => {
    const body = JSON.stringify({}).padEnd(64 * 1024);
    expect(await postPayin(api, body)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(await postPayin(api, `${body} `)).toMatchObject({ status: 413, json: { code: 'too_large' } });
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await postPayin(api, `${body} `, chunked)).toMatchObject({ status: 413, json: { code: 'too_large' } });
  });

  test('a body that trickles in is cut off', async () => {
    const slow = await startTestApi(NOWHERE, { requestTimeoutMs: 200 });
    const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
    socket.write(
      'POST /webhooks/lesspay HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{',
    );
    expect(await once(socket.setEncoding('utf8'), 'data')).toEqual([expect.stringMatching(/^HTTP\/1\.1 408 /)]);
    socket.destroy();
    await slow.close();
  });
});

describe('paths and methods', () => {
  test.each([
    '/',
    '/payin',
    '/payins/a/b',
    '/payins/a/events/b',
    '/docs/swagger-ui.js',
    '/docs/../settings.ts',
    '/webhooks',
    '/webhooks/other',
    '/.env',
  ])('%s is not found', async (path) => {
    expect(await call(`${api.url}${path}`)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });

  test.each(['a%20b', 'x'.repeat(21), '..%2Fadmin', '%C3%BC'])(
    'no pay-in can be called %s: 404, Temporal is not asked',
    async (id) => {
      const answer = await call(`${api.url}/payins/${id}`, { headers: bearer(READ_KEY) });
      expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
    },
  );

  test('a path that can not be decoded gets 400', async () => {
    const answer = await call(`${api.url}/payins/%ZZ`, { headers: bearer(READ_KEY) });
    expect(answer).toMatchObject({ status: 400, json: { code: 'bad_request' } });
  });

  test.each([
    ['DELETE', '/payins', 'GET, HEAD, POST'],
    ['PUT', '/payins', 'GET, HEAD, POST'],
    ['POST', '/payins/x/events', 'GET, HEAD'],
    ['POST', '/payins/x', 'GET, HEAD'],
    ['PATCH', '/payins/x', 'GET, HEAD'],
    ['GET', '/webhooks/lesspay', 'POST'],
    ['PUT', '/webhooks/lesspay', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/readyz', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['PUT', '/docs', 'GET, HEAD'],
  ])('%s %s gets 405, with what is allowed', async (method, path, allow) => {
    const answer = await call(`${api.url}${path}`, { method });
    expect(answer).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
    expect(answer.headers.allow).toBe(allow);
  });
});

describe('every answer', () => {
  test('carries security headers, says nothing of Express and opens nothing to other origins', async () => {
    const { headers } = await call(`${api.url}/healthz`, { headers: { origin: 'https://evil.example' } });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'"),
      'strict-transport-security': expect.any(String),
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('etag');
  });

  test('carries the request id: the caller’s own when it is sane, a new one otherwise', async () => {
    const withId = (id: string) => call(`${api.url}/nowhere`, { headers: { 'x-request-id': id } });
    const sane = await withId('trace-1.A_b');
    expect(sane).toMatchObject({ headers: { 'x-request-id': 'trace-1.A_b' }, json: { instance: 'trace-1.A_b' } });
    for (const id of ['', 'x'.repeat(65), 'a b', '{"a":1}', 'é']) {
      const { headers, json } = await withId(id);
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(json?.['instance']).toBe(headers['x-request-id']);
    }
  });

  test('that says no is a problem document of RFC 9457', async () => {
    const { headers, json, status } = await call(`${api.url}/nowhere`);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(json).toEqual({
      type: 'urn:lesspay-payins:problem:not_found',
      title: 'Not found',
      status,
      detail: expect.any(String),
      code: 'not_found',
      instance: headers['x-request-id'],
    });
  });
});

describe('starting and stopping', () => {
  test('a port that is taken is told as Node tells it', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const PORT = typeof address === 'object' && address ? address.port : 0;
    const settings = {
      HOST: '127.0.0.1',
      PORT,
      API_KEYS: [],
      RATE_LIMIT_PER_KEY: 0,
      RATE_LIMIT_PER_ADDRESS: 0,
      TRUST_PROXY: 0,
      LESSPAY_APP_SECRET: ['x'],
      LESSPAY_WEBHOOK_VERSIONS: [],
      REQUEST_ID_PREFIX: [],
      LESSPAY_MINOR_UNIT_METHODS: [],
      CARD_SECRET_KEYS: [],
      WEBHOOKS_ON_API: 'yes' as const,
      WEBHOOK_ADDRESSES: [],
      MAX_CONNECTIONS: 1,
      OVERLOAD_DELAY_MS: 0,
    };
    const { client } = api;
    const records = openRecords({ databaseUrl: `postgres://${NOWHERE}/none` });
    await expect(startApi({ client, records, settings, logger: pino({ level: 'silent' }) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    taken.close();
  });

  test('what was begun is finished, kept-alive connections do not hold it up, and new callers are turned away', async () => {
    const stopping = await startTestApi(NOWHERE, { graceMs: 3_600_000 });
    const port = Number(new URL(stopping.url).port);
    const begun = connect(port, '127.0.0.1').setEncoding('utf8');
    const headers = 'Host: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n';
    begun.write(`POST /webhooks/lesspay HTTP/1.1\r\n${headers}`);
    expect(await once(begun, 'data')).toEqual([expect.stringMatching(/ 100 Continue/)]);

    const closed = stopping.close();
    expect(await once(connect(port, '127.0.0.1'), 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
    begun.write('{}');
    expect(await once(begun, 'data')).toEqual([expect.stringMatching(/^HTTP\/1\.1 401 /)]);
    await closed;
  });

  test('a request that never ends is cut off when the grace is over', async () => {
    const stopping = await startTestApi(NOWHERE, { graceMs: 50 });
    const stuck = connect(Number(new URL(stopping.url).port), '127.0.0.1');
    stuck.write(
      'POST /webhooks/lesspay HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n',
    );
    stuck.write('Expect: 100-continue\r\n\r\n');
    await once(stuck, 'data');
    await Promise.all([stopping.close(), once(stuck, 'close')]);
    expect(stuck.destroyed).toBe(true);
  });
});
