import { bearer, call, JSON_TYPE, NOWHERE, READ_KEY, startTestApi, type TestApi, WRITE_KEY } from './running-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(NOWHERE);
});
afterAll(() => api.close());

const post = (headers: Record<string, string>) =>
  call(`${api.url}/payins`, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{}' });
const get = (headers: Record<string, string>) => call(`${api.url}/payins/order-1`, { headers });

describe('a pay-in is for bearers of a key alone', () => {
  const refused: Record<string, Record<string, string>> = {
    'no header': {},
    'an empty key': { authorization: 'Bearer ' },
    'another scheme': { authorization: `Basic ${WRITE_KEY}` },
    'a key without a scheme': { authorization: WRITE_KEY },
    'an unknown key': bearer('no-such-key'),
    'a known key with something behind it': bearer(`${WRITE_KEY}x`),
    'two keys': bearer(`${WRITE_KEY}, ${READ_KEY}`),
    'the hash of a key': bearer('0'.repeat(64)),
  };

  test.each(Object.entries(refused))('%s gets 401 and a challenge, from GET and POST', async (_, headers) => {
    for (const answer of [await get(headers), await post(headers)]) {
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm=/);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  test('a key that may read gets 403 from POST, with the scope that is missing', async () => {
    const answer = await post(bearer(READ_KEY));
    expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(answer.headers['www-authenticate']).toContain('error="insufficient_scope", scope="write"');
  });

  test('a key that may write may POST: its body is looked at', async () => {
    expect(await post(bearer(WRITE_KEY))).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  test('pages and events are for bearers of a key too, of either scope', async () => {
    for (const path of ['/payins', '/payins/order-1/events']) {
      expect(await call(`${api.url}${path}`)).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
      for (const key of [READ_KEY, WRITE_KEY])
        expect(await call(`${api.url}${path}`, { headers: bearer(key) })).toMatchObject({
          status: 503,
          json: { code: 'records_unavailable' },
        });
    }
  });

  test('a key of either scope may GET: Temporal is asked', async () => {
    for (const answer of await Promise.all([READ_KEY, WRITE_KEY].map((key) => get(bearer(key)))))
      expect(answer).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  });

  test('the scheme is written in any case', async () => {
    expect(await post({ authorization: `bearer ${WRITE_KEY}` })).toMatchObject({ status: 400 });
  });
});

test('a body is not read for a caller without a key', async () => {
  const answer = await call(`${api.url}/payins`, { method: 'POST', headers: JSON_TYPE, body: 'x'.repeat(100_000) });
  expect(answer.status).toBe(401);
});

test('health asks for no key', async () => {
  expect(await call(`${api.url}/healthz`)).toMatchObject({ status: 200 });
});
