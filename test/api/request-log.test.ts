import {
  bearer,
  call,
  JSON_TYPE,
  NOWHERE,
  PAYIN,
  postPayin,
  postWebhook,
  READ_KEY,
  SECRETS,
  signed,
  startTestApi,
  type TestApi,
  WRITE_KEY,
} from './running-api';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(NOWHERE);
});
afterAll(() => api.close());

/** The log lines of one request, once its answer is in the log. */
async function linesOf(requestId: string): Promise<string[]> {
  for (;;) {
    const lines = api.log.filter((line) => line.includes(requestId));
    if (lines.some((line) => line.includes('"res"'))) return lines;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const id = (name: string) => ({ 'x-request-id': name });

test('every answer is one line: request id, method, path, status', async () => {
  await call(`${api.url}/nowhere`, { headers: id('line-1') });
  const lines = await linesOf('line-1');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    reqId: 'line-1',
    req: { method: 'GET', path: '/nowhere' },
    res: { status: 404 },
    problem: 'not_found',
  });
});

test('a pay-in’s line names the key and the pay-in, and nothing of its content or the key itself', async () => {
  const secret = {
    ...PAYIN,
    metadata: { passport: 'X-SECRET-1' },
    success_url: 'https://shop.example/?token=X-SECRET-2',
  };
  await postPayin(api, { ...secret, description: 'X-SECRET-3', amount: 'X-SECRET-4' }, id('line-2'));
  await postPayin(api, { ...secret, description: 'X-SECRET-3' }, id('line-3'));
  const lines = [...(await linesOf('line-2')), ...(await linesOf('line-3'))].join('');
  expect(lines).toContain('"key":"writer"');
  expect(lines).toContain(`"request_id":"${PAYIN.request_id}"`);
  for (const value of ['X-SECRET', WRITE_KEY, 'Bearer', 'shop.example']) expect(lines).not.toContain(value);
});

test('a key that is wrong, or sent in the query, stays out of the log', async () => {
  await call(`${api.url}/payins/order-1?key=${READ_KEY}`, { headers: { ...bearer('X-WRONG-KEY'), ...id('line-4') } });
  const lines = (await linesOf('line-4')).join('');
  expect(lines).toContain('"path":"/payins/order-1"');
  expect(lines).not.toContain(READ_KEY);
  expect(lines).not.toContain('X-WRONG-KEY');
});

test('a webhook’s line holds rule, digest, ids and outcome; no body, secret or signature', async () => {
  const { body, headers } = signed({
    request_id: 'order-9',
    pay_order_id: 'P9',
    order_status: 'FAILED',
    api_version: 'v2',
    payer: 'X-PAYER',
  });
  await postWebhook(api, { body, headers: { ...headers, ...id('line-5') } });
  await postWebhook(api, { body, headers: { ...headers, ...id('line-6'), 'x-auth-signature': 'X-FORGED' } });
  const [line = ''] = await linesOf('line-5');
  expect(JSON.parse(line)).toMatchObject({
    webhook: {
      version: 'v2',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      request_id: 'order-9',
      pay_order_id: 'P9',
    },
    problem: 'temporal_unavailable',
    res: { status: 503 },
    level: 50,
  });
  const lines = `${line}${(await linesOf('line-6')).join('')}`;
  expect(lines).toContain('"problem":"bad_signature"');
  for (const value of ['X-PAYER', 'X-FORGED', headers['x-auth-signature'] ?? '', ...SECRETS])
    expect(lines).not.toContain(value);
});

describe('the line of a refused webhook says what to do about it, and shows no secret, signature or body', () => {
  const body = (api_version: string, request_id: unknown = 'order-9') =>
    JSON.stringify({ request_id, api_version, payer: 'X-PAYER' });
  const forged = { 'x-auth-signature': 'AB'.repeat(32) };

  /** The line of a webhook refused by an API that takes v2 alone. */
  async function refusalLine(webhook: Parameters<typeof postWebhook>[1]): Promise<unknown> {
    const api = await startTestApi(NOWHERE, { settings: { LESSPAY_WEBHOOK_VERSIONS: ['v2'] } });
    await postWebhook(api, { ...webhook, headers: { ...JSON_TYPE, ...webhook.headers } });
    await api.close();
    expect(api.log).toHaveLength(1);
    const [line = ''] = api.log;
    for (const value of ['X-PAYER', 'ABAB', 'X-FORGED', ...SECRETS]) expect(line).not.toContain(value);
    return JSON.parse(line);
  }

  test('a secret rotated on one side only', async () => {
    expect(await refusalLine({ body: body('v2'), headers: forged })).toMatchObject({
      level: 40,
      msg: "webhook refused: signature_wrong (v2 rule) — compare LESSPAY_APP_SECRET with Lesspay's",
      webhook: {
        refused: 'signature_wrong',
        signature_header: 'present',
        version: 'v2',
        version_accepted: true,
        claimed_request_id: 'order-9',
      },
    });
  });

  test('a version that is refused here, wrongly signed and rightly', async () => {
    expect(await refusalLine({ body: body('v1'), headers: forged })).toMatchObject({
      webhook: { refused: 'signature_wrong', version: 'v1', version_accepted: false },
    });
    expect(await refusalLine(signed({ request_id: 'order-9', api_version: 'v1' }))).toMatchObject({
      msg: expect.stringMatching(/^webhook refused: version_refused \(v1 rule\) — .*LESSPAY_WEBHOOK_VERSIONS$/),
      webhook: { signature_header: 'present', version_accepted: false },
    });
  });

  test.each([
    ['missing', 'signature_missing', {}],
    ['missing', 'signature_missing', { 'x-auth-signature': '' }],
    ['doubled', 'signature_missing', { 'x-auth-signature': ['AB'.repeat(32), 'X-FORGED'] }],
    ['malformed', 'signature_wrong', { 'x-auth-signature': 'X-FORGED' }],
  ])('a signature header that is %s: %s', async (signature_header, refused, headers) => {
    expect(await refusalLine({ body: body('v2'), headers })).toMatchObject({
      msg: expect.stringMatching(new RegExp(`^webhook refused: ${refused} \\(v2 rule\\) — x-auth-signature `)),
      webhook: { refused, signature_header },
    });
  });

  test('what is no webhook at all', async () => {
    const line = await refusalLine({ body: '{', headers: forged });
    expect(line).toMatchObject({ msg: expect.stringMatching(/^webhook refused: not_json — /) });
    expect(line).not.toHaveProperty('webhook.claimed_request_id');
    expect(await refusalLine({ body: '{}', headers: { 'content-type': 'text/plain' } })).toMatchObject({
      webhook: { refused: 'unsupported_media_type' },
    });
  });

  test('the id it claims is cut, and cleared of what ids do not hold', async () => {
    const claimed = (id: unknown) => refusalLine({ body: body('v2', id), headers: forged });
    expect(await claimed('a\n"<b>\u001b[31m')).toMatchObject({ webhook: { claimed_request_id: 'a???b???31m' } });
    expect(await claimed('x'.repeat(65))).toMatchObject({ webhook: { claimed_request_id: 'x'.repeat(64) } });
    expect(await claimed({ a: 1 })).not.toHaveProperty('webhook.claimed_request_id');
  });
});

test('an error of ours is logged with its stack and answered without it', async () => {
  const broken = await startTestApi(NOWHERE, { now: () => NaN });
  const answer = await postWebhook(broken, signed({ request_id: 'order-9', api_version: 'v2' }));
  expect(answer).toMatchObject({ status: 500, json: { code: 'internal', instance: answer.headers['x-request-id'] } });
  expect(answer.text).not.toMatch(/RangeError|Invalid time|\.ts|at /);
  expect(broken.log.join('')).toContain('RangeError');
  await broken.close();
});

test('probes that are answered well leave no line', async () => {
  await call(`${api.url}/healthz`, { headers: id('line-7') });
  await call(`${api.url}/nowhere`, { headers: id('line-8') });
  await linesOf('line-8');
  expect(api.log.filter((line) => line.includes('line-7'))).toEqual([]);
});
