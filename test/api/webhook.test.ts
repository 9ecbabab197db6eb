import { gzipSync } from 'node:zlib';
import { webhookSignature } from '../../lesspay/signature';
import { payinWorkflowId } from '../../workflows/payin-messages';
import {
  type Answered,
  type Call,
  JSON_TYPE,
  NOWHERE,
  postWebhook,
  SECRETS,
  signed,
  startTestApi,
  temporalAddress,
  type TestApi,
} from './running-api';
import { claimsOf, runPayin } from './running-payin';

let api: TestApi;
let down: TestApi;
beforeAll(async () => {
  api = await startTestApi(temporalAddress(), { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  down = await startTestApi(NOWHERE);
});
afterAll(() => Promise.all([api.close(), down.close()]));

const PAID = { request_id: 'order-1', pay_order_id: 'P204', order_status: 'SUCCEED', api_version: 'v2', event: null };

function expectSuccess(answer: Answered) {
  expect(answer).toMatchObject({ status: 200, text: 'SUCCESS' });
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
}

describe('a verified webhook is SUCCESS once Temporal has it', () => {
  test('by request_id, as a claim of ids and nothing personal', async () => {
    const { request_id, pay_order_id } = await runPayin(api.client);
    const webhook = signed({
      ...PAID,
      request_id,
      pay_order_id,
      description: 'for Jane Doe',
      channel_biz_data: { issuer: 'x' },
    });
    expectSuccess(await postWebhook(api, webhook));
    expect(await claimsOf(api.client, request_id)).toEqual([
      {
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        received_at: '2026-01-02T03:04:05.000Z',
        version: 'v2',
        request_id,
        pay_order_id,
        order_status: 'SUCCEED',
      },
    ]);
  });

  test('signed with the old secret while secrets rotate', async () => {
    const { request_id } = await runPayin(api.client);
    expectSuccess(await postWebhook(api, signed({ ...PAID, request_id }, SECRETS[1])));
    expect(await claimsOf(api.client, request_id)).toHaveLength(1);
  });

  test('without request_id, found by pay_order_id as soon as Temporal lists it', async () => {
    const { request_id, pay_order_id } = await runPayin(api.client);
    const webhook = signed({ pay_order_id, order_status: 'SUCCEED', api_version: 'v2' });
    let answer = await postWebhook(api, webhook);
    for (let tries = 0; answer.status === 503 && tries < 100; tries++) answer = await postWebhook(api, webhook);
    expectSuccess(answer);
    expect(await claimsOf(api.client, request_id)).toMatchObject([{ pay_order_id }]);
  });

  test('a v1 webhook hands on nothing that it does not sign', async () => {
    const { request_id } = await runPayin(api.client);
    const webhook = signed({ request_id, order_status: 'SUCCEED', api_version: 'v1', event: 'dispute_received' });
    expectSuccess(await postWebhook(api, webhook));
    const [claim] = await claimsOf(api.client, request_id);
    expect(claim).toMatchObject({ version: 'v1', request_id });
    expect(claim).not.toHaveProperty('event');
  });
});

describe('a webhook for a pay-in that is not running starts a run that takes it', () => {
  test('never started', async () => {
    const request_id = `never-${Date.now()}`;
    const claim = { request_id, order_status: 'SUCCEED' };
    expectSuccess(await postWebhook(api, signed({ ...claim, api_version: 'v2' })));
    expect(await claimsOf(api.client, request_id)).toMatchObject([claim]);
  });

  test('terminated', async () => {
    const { request_id } = await runPayin(api.client);
    await api.client.workflow.getHandle(payinWorkflowId(request_id)).terminate();
    expectSuccess(await postWebhook(api, signed({ ...PAID, request_id })));
    expect(await claimsOf(api.client, request_id)).toMatchObject([{ request_id, order_status: 'SUCCEED' }]);
  });

  test('but 503, to be delivered again, where only a pay_order_id is given that nobody knows', async () => {
    const webhook = signed({ pay_order_id: 'P0never0started', order_status: 'SUCCEED', api_version: 'v2' });
    const answer = await postWebhook(api, webhook);
    expect(answer).toMatchObject({ status: 503, json: { code: 'order_unknown' } });
    expect(answer.headers['retry-after']).toBe('5');
  });
});

test('a verified webhook gets 503 while Temporal is out of reach', async () => {
  const answer = await postWebhook(down, signed(PAID));
  expect(answer).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  expect(answer.headers['retry-after']).toBe('5');
});

const { body, headers } = signed(PAID);
const signature = headers['x-auth-signature'] ?? '';
const claimsV1 = JSON.stringify({ ...PAID, api_version: 'v1' });
const noMatter = (text: string | Uint8Array): Call => ({
  body: text,
  headers: { ...headers, 'x-auth-signature': 'x' },
});
/** Signed for real, from its text: JSON that no object gives. */
const signedText = (text: string): Call => ({
  body: text,
  headers: { ...JSON_TYPE, 'x-auth-signature': webhookSignature(text, SECRETS[0]) },
});
const gzipped = { 'content-encoding': 'gzip' };
const big = (members: object) => ({ ...members, description: 'x'.repeat(70_000) });

/** In the order of rule 2: each row breaks its own rule and, where it can, every later one. */
const REFUSED: [what: string, webhook: Call, status: number, code: string][] = [
  ['no type, too large, forged', { body: JSON.stringify(big({})) }, 415, 'unsupported_media_type'],
  [
    'form type',
    { body, headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  ['gzip', { body: gzipSync(body), headers: { ...headers, ...gzipped } }, 415, 'unsupported_media_type'],
  [
    'an encoding that is none',
    { body, headers: { ...headers, 'content-encoding': 'identity' } },
    415,
    'unsupported_media_type',
  ],
  [
    'gzip, too large',
    { body: Buffer.alloc(70_000), headers: { ...headers, ...gzipped } },
    415,
    'unsupported_media_type',
  ],
  ['too large, not JSON', { body: 'x'.repeat(70_000), headers: JSON_TYPE }, 413, 'too_large'],
  ['too large, signed', signed(big(PAID)), 413, 'too_large'],
  ['no body, unsigned', { headers: JSON_TYPE }, 400, 'invalid_webhook'],
  ['not JSON, forged', noMatter('{"request_id":'), 400, 'invalid_webhook'],
  ['not UTF-8, forged', noMatter(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'invalid_webhook'],
  ['an array, forged', noMatter('[]'), 400, 'invalid_webhook'],
  ['a string, unsigned', { body: '"SUCCESS"', headers: JSON_TYPE }, 400, 'invalid_webhook'],
  ['a member twice', signedText('{"request_id":"a","request_id":"b","api_version":"v2"}'), 400, 'invalid_webhook'],
  ['& in a name', signedText('{"request_id":"a","x&order_status":"b","api_version":"v2"}'), 400, 'invalid_webhook'],
  ['absurd depth', noMatter(`{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), 400, 'invalid_webhook'],
  ['unsigned', { body, headers: JSON_TYPE }, 401, 'bad_signature'],
  ['unsigned, no id', { body: '{}', headers: JSON_TYPE }, 401, 'bad_signature'],
  ['an empty signature', { body, headers: { ...headers, 'x-auth-signature': '' } }, 401, 'bad_signature'],
  ['forged', signed(PAID, 'another secret'), 401, 'bad_signature'],
  ['one byte changed', { body: body.replace('P204', 'P205'), headers }, 401, 'bad_signature'],
  ['api_version changed after signing', { body: claimsV1, headers }, 401, 'bad_signature'],
  [
    'api_version removed after signing',
    { body: body.replace(',"api_version":"v2"', ''), headers },
    401,
    'bad_signature',
  ],
  [
    'a header doubled, one right',
    { body, headers: { ...headers, 'x-auth-signature': [signature, 'x'] } },
    401,
    'bad_signature',
  ],
  [
    'a header doubled, both right',
    { body, headers: { ...headers, 'x-auth-signature': [signature, signature] } },
    401,
    'bad_signature',
  ],
  ['no id of an order', signed({ order_status: 'SUCCEED', api_version: 'v2' }), 400, 'no_order_id'],
];

test.each(REFUSED)('%s: refused, whether Temporal runs or not', async (_, webhook, status, code) => {
  for (const at of [api, down]) {
    const answer = await postWebhook(at, webhook);
    expect(answer).toMatchObject({ status, json: { code } });
    // RFC 9110 wants a challenge with every 401.
    expect('www-authenticate' in answer.headers).toBe(status === 401);
  }
});

test('what is refused changes nothing', async () => {
  const { request_id } = await runPayin(api.client);
  const members = { ...PAID, request_id };
  await postWebhook(api, signed(members, 'another secret'));
  await postWebhook(api, { body: JSON.stringify(members), headers: JSON_TYPE });
  await postWebhook(api, signed(big(members)));
  expect(await claimsOf(api.client, request_id)).toEqual([]);
});

test('a version that is switched off is refused, though signed', async () => {
  const { request_id } = await runPayin(api.client);
  const strict = await startTestApi(temporalAddress(), { settings: { LESSPAY_WEBHOOK_VERSIONS: ['v2'] } });
  const answer = await postWebhook(strict, signed({ ...PAID, request_id, api_version: 'v1' }));
  expect(answer).toMatchObject({ status: 401, json: { code: 'webhook_version_refused' } });
  expect(await claimsOf(api.client, request_id)).toEqual([]);
  await strict.close();
});
