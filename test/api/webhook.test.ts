import { gzipSync } from 'node:zlib';
import { payinOfOrder } from '../../client/payin-of-order';
import { webhookSignature } from '../../lesspay/signature';
import { openRecords } from '../../records/open-records';
import type { Records } from '../../records/payin-records';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { unmatchedOrderId } from '../../workflows/unmatched/messages';
import { testDatabaseUrl } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';
import { writeOf } from '../records/payin-writes';
import {
  type Answered,
  bearer,
  call,
  type Call,
  JSON_TYPE,
  NOWHERE,
  PAYIN,
  postPayin,
  postWebhook,
  READ_KEY,
  SECRETS,
  signed,
  startTestApi,
  temporalAddress,
  type TestApi,
} from './running-api';
import { claimsOf, runPayin } from './running-payin';

let api: TestApi;
let down: TestApi;
let records: Records;
beforeAll(async () => {
  records = openRecords({ databaseUrl: await testDatabaseUrl() });
  api = await startTestApi(temporalAddress(), { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  down = await startTestApi(NOWHERE);
});
afterAll(() => Promise.all([api.close(), down.close(), records.close()]));

const PAID = { request_id: 'order-1', pay_order_id: 'P204', order_status: 'SUCCEED', api_version: 'v2', event: null };

function expectSuccess(answer: Answered) {
  expect(answer).toMatchObject({ status: 200, text: 'SUCCESS' });
  expect(answer.headers['content-type']).toMatch(/^text\/plain/);
}

describe('a verified webhook is SUCCESS once Temporal has it', () => {
  test('by request_id, as a claim of ids, the bank of the card, and nothing personal', async () => {
    const { request_id, pay_order_id } = await runPayin(api.client);
    const webhook = signed({
      ...PAID,
      request_id,
      pay_order_id,
      description: 'for Jane Doe',
      channel_biz_data: { issuer: 'x', holder: 'Jane Doe', last4: '4242' },
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
        card_issuer: 'x',
      },
    ]);
  });

  test('with the token of a stored card only as an id, and encrypted; the log has the id alone', async () => {
    const { request_id } = await runPayin(api.client);
    const token = 'src_tangerine6mqfu3t4';
    const channel_biz_data = { token_data: { token, last4: '4242' } };
    expectSuccess(await postWebhook(api, signed({ ...PAID, request_id, channel_biz_data })));
    const claims = await claimsOf(api.client, request_id);
    expect(claims).toMatchObject([
      {
        stored_card: expect.stringMatching(/^card_/),
        stored_card_sealed: expect.stringMatching(/^v1\./),
        stored_card_last_four: '4242',
      },
    ]);
    const line = () => api.log.find((text) => text.includes(request_id)) ?? '';
    await waitFor(() => line() !== '', { what: 'the log line' });
    expect(line()).toContain('"stored_card":"card_');
    expect(`${JSON.stringify(claims)} ${api.log.join()}`).not.toContain(token);
    expect(line()).not.toMatch(/4242|"v1\./);
  });

  test('without the token of a stored card where there is no key, or no request_id to bind it to', async () => {
    const keyless = await startTestApi(temporalAddress(), { settings: { CARD_SECRET_KEYS: [] } });
    const { request_id, pay_order_id } = await runPayin(api.client);
    const token = 'src_clementine6mqfu3t4';
    const members = { ...PAID, channel_biz_data: { token } };
    const isListed = async () => (await payinOfOrder(api.client, pay_order_id)) !== undefined;
    await waitFor(isListed, { what: 'the pay-in in the list' });
    expectSuccess(await postWebhook(keyless, signed({ ...members, request_id })));
    expectSuccess(await postWebhook(api, signed({ ...members, request_id: null, pay_order_id })));
    const claims = JSON.stringify(await claimsOf(api.client, request_id));
    expect(claims).not.toMatch(/stored_card|clementine/);
    const logs = () => `${keyless.log.join()}${api.log.join()}`;
    await waitFor(() => logs().includes('no request_id'), { what: 'the log lines' });
    expect(logs()).toContain('"card_token_dropped":"CARD_SECRET_KEYS is not set"');
    expect(logs()).not.toContain(token);
    await keyless.close();
  });

  test('signed with the old secret while secrets rotate', async () => {
    const { request_id } = await runPayin(api.client);
    expectSuccess(await postWebhook(api, signed({ ...PAID, request_id }, SECRETS[1])));
    expect(await claimsOf(api.client, request_id)).toHaveLength(1);
  });

  test('without request_id, found by pay_order_id as soon as Temporal lists it', async () => {
    const { request_id, pay_order_id } = await runPayin(api.client);
    const isListed = async () => (await payinOfOrder(api.client, pay_order_id)) !== undefined;
    await waitFor(isListed, { what: 'the pay-in in the list' });
    expectSuccess(await postWebhook(api, signed({ pay_order_id, order_status: 'SUCCEED', api_version: 'v2' })));
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
});

describe('a webhook with a pay_order_id alone, by which Temporal lists no pay-in', () => {
  const newOrderId = () => `P${Date.now()}-${(orderIds += 1)}`;
  let orderIds = 0;
  const nameless = (pay_order_id: string, order_status = 'SUCCEED') =>
    signed({ pay_order_id, order_status, api_version: 'v2' });
  const kept = (pay_order_id: string) => claimsOf(api.client, pay_order_id, unmatchedOrderId(pay_order_id));

  test('goes to the pay-in that the order records know it of', async () => {
    const recorded = await startTestApi(temporalAddress(), { records });
    const request_id = `recorded-${Date.now()}`;
    const write = writeOf(request_id, 1, { pay_order_id: newOrderId() });
    await records.record(write);
    expectSuccess(await postWebhook(recorded, nameless(write.payin.pay_order_id ?? '')));
    expect(await claimsOf(api.client, request_id)).toMatchObject([{ order_status: 'SUCCEED' }]);
    await recorded.close();
  });

  test('is kept, in one run for one order, and SUCCESS: the records may be down', async () => {
    const pay_order_id = newOrderId();
    for (const status of ['PENDING_PAY', 'SUCCEED'])
      expectSuccess(await postWebhook(api, nameless(pay_order_id, status)));
    expect(await kept(pay_order_id)).toMatchObject([{ order_status: 'PENDING_PAY' }, { order_status: 'SUCCEED' }]);
    const line = api.log.find((text) => text.includes('webhook kept'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      failed_lookups: { records: expect.stringContaining('DATABASE_URL') },
    });
  });

  test('is kept when the run that kept the last one has ended', async () => {
    const pay_order_id = newOrderId();
    await postWebhook(api, nameless(pay_order_id));
    await api.client.workflow.getHandle(unmatchedOrderId(pay_order_id)).terminate('by a test');
    expectSuccess(await postWebhook(api, nameless(pay_order_id, 'REFUND')));
    expect(await kept(pay_order_id)).toMatchObject([{ order_status: 'REFUND' }]);
  });

  test('is 503 while Temporal is out of reach', async () => {
    const answer = await postWebhook(down, nameless(newOrderId()));
    expect(answer).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  });
});

describe('with REQUEST_ID_PREFIX', () => {
  const settings = { REQUEST_ID_PREFIX: ['shop-', 'w-'] };
  let shop: TestApi;
  beforeAll(async () => {
    shop = await startTestApi(temporalAddress(), { settings, records });
  });
  afterAll(() => shop.close());
  const of = (request_id: string, pay_order_id?: string) =>
    signed({ request_id, order_status: 'SUCCEED', api_version: 'v2', ...(pay_order_id && { pay_order_id }) });
  const claims = (request_id: string) => claimsOf(api.client, request_id);

  test("another shop's webhook is SUCCESS, counted, and becomes no run", async () => {
    const request_id = `else-${Date.now()}`;
    expectSuccess(await postWebhook(shop, of(request_id, `P${request_id}`)));
    await expect(claims(request_id)).rejects.toThrow('workflow not found');
    const { text } = await call(`${shop.url}/metrics`, { headers: bearer(READ_KEY) });
    expect(text).toContain('lesspay_webhooks_total{result="not_ours",reason="",version="v2"} 1\n');
  });

  test('ours becomes one', async () => {
    const request_id = `shop-${Date.now()}`;
    expectSuccess(await postWebhook(shop, of(request_id)));
    expect(await claims(request_id)).toMatchObject([{ request_id }]);
  });

  test('a pay-in that was started before it is ours for good: it runs, or is recorded', async () => {
    const running = `old-${Date.now()}`;
    await runPayin(api.client, running);
    const recorded = `older-${Date.now()}`;
    await records.record(writeOf(recorded, 1));
    for (const request_id of [running, recorded]) {
      expectSuccess(await postWebhook(shop, of(request_id)));
      expect(await claims(request_id)).toMatchObject([{ request_id }]);
    }
  });

  test('so is an order of ours whose request_id Lesspay has wrong', async () => {
    const request_id = `mixed-up-${Date.now()}`;
    const write = writeOf(request_id, 1);
    await records.record(write);
    expectSuccess(await postWebhook(shop, of('somebody-elses', write.payin.pay_order_id)));
    expect(await claims(request_id)).toMatchObject([{ request_id: 'somebody-elses' }]);
  });

  test('503, to be delivered again, while only the records could tell whose it is', async () => {
    const unsure = await startTestApi(temporalAddress(), { settings });
    const answer = await postWebhook(unsure, of(`else-${Date.now()}`));
    expect(answer).toMatchObject({ status: 503, json: { code: 'records_unavailable' } });
    await unsure.close();
  });

  test('POST refuses what is not ours, and names the field and the remedy', async () => {
    const answer = await postPayin(shop, { ...PAYIN, amount: '0' });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(answer.json?.['errors']).toEqual([
      {
        field: 'request_id',
        problem: expect.stringMatching(/^must begin with "shop-" or "w-": the setting REQUEST_ID_PREFIX/),
      },
      { field: 'amount', problem: expect.any(String) },
    ]);
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

/** In the order of docs/design.md, rule 2: each row breaks its own rule and, where it can, every later one. */
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
