import { waitFor } from '../machinery/wait-for';
import {
  bearer,
  call,
  type Call,
  JSON_TYPE,
  NOWHERE,
  PAYIN,
  postPayin,
  postWebhook,
  READ_KEY,
  signed,
  startTestApi,
  temporalAddress,
  type TestApi,
  WRITE_KEY,
} from './running-api';
import { runPayin } from './running-payin';

let api: TestApi;
let down: TestApi;
beforeAll(async () => {
  api = await startTestApi(temporalAddress());
  down = await startTestApi(NOWHERE);
});
afterAll(() => Promise.all([api.close(), down.close()]));

const metricsOf = async ({ url }: TestApi) => (await call(`${url}/metrics`, { headers: bearer(READ_KEY) })).text;

const PAID = { order_status: 'SUCCEED', api_version: 'v2' };

test('metrics are for bearers of a key, of either scope', async () => {
  expect(await call(`${api.url}/metrics`)).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  expect(await call(`${api.url}/metrics`, { headers: bearer(WRITE_KEY) })).toMatchObject({ status: 200 });
  const answer = await call(`${api.url}/metrics`, { headers: bearer(READ_KEY) });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
  expect(answer.text).toContain('process_cpu_seconds_total');
});

test('a webhook that Temporal takes counts as delivered, by its version', async () => {
  const { request_id } = await runPayin(api.client);
  await postWebhook(api, signed({ ...PAID, request_id }));
  await postWebhook(api, signed({ ...PAID, request_id, api_version: 'v1' }));
  const text = await metricsOf(api);
  expect(text).toContain('lesspay_webhooks_total{result="delivered",reason="",version="v2"} 1\n');
  expect(text).toContain('lesspay_webhooks_total{result="delivered",reason="",version="v1"} 1\n');
});

test('a webhook that Temporal can not take counts as unavailable', async () => {
  await postWebhook(down, signed({ ...PAID, request_id: 'order-1' }));
  expect(await metricsOf(down)).toContain('lesspay_webhooks_total{result="unavailable",reason="",version="v2"} 1\n');
});

const refused: [reason: string, version: string, webhook: Pick<Call, 'body' | 'headers'>][] = [
  ['unsupported_media_type', 'unknown', { body: '{}' }],
  ['too_large', 'unknown', { body: ' '.repeat(70_000), headers: JSON_TYPE }],
  ['not_json', 'unknown', { body: '{', headers: JSON_TYPE }],
  ['duplicate_member', 'unknown', { body: '{"a":1,"a":1}', headers: JSON_TYPE }],
  ['signature_missing', 'v1', { body: '{}', headers: JSON_TYPE }],
  ['signature_wrong', 'v2', signed({ ...PAID, request_id: 'order-1' }, 'another secret')],
  ['no_order_id', 'v2', signed(PAID)],
];

test.each(refused)('a webhook refused for %s is counted so, with version %s', async (reason, version, webhook) => {
  await postWebhook(api, webhook);
  expect(await metricsOf(api)).toContain(
    `lesspay_webhooks_total{result="refused",reason="${reason}",version="${version}"} 1\n`,
  );
});

test('a start that fails counts as an error, one that breaks a rule is none', async () => {
  await postPayin(down, PAYIN);
  await postPayin(down, { ...PAYIN, amount: 'much' });
  expect(await metricsOf(down)).toContain('payin_starts_total{outcome="error"} 1\n');
});

test('requests are timed by route, never by what a caller makes up', async () => {
  const made: [method: string, path: string][] = [
    ['GET', '/payins/X-MADE-UP'],
    ['GET', '/X-MADE-UP'],
    ['PUT', '/payins/X-MADE-UP/x?X-MADE-UP'],
    ['PROPFIND', '/HealthZ/'],
    ['GET', '/payins/X-MADE-UP/events?X-MADE-UP'],
    ['GET', '/openapi.json'],
    ['GET', '/docs/X-MADE-UP'],
  ];
  for (const [method, path] of made) await call(`${api.url}${path}`, { method });
  const counts = [
    'route="/payins/:request_id",method="GET",status="401"',
    'route="other",method="GET",status="404"',
    'route="/payins/:request_id/events",method="GET",status="401"',
    'route="/openapi.json",method="GET",status="200"',
    'route="/docs",method="GET",status="404"',
    'route="other",method="other",status="404"',
    'route="/healthz",method="other",status="405"',
  ];
  // An answer is timed when it is sent, which its reader may know first.
  await waitFor(
    async () => {
      const text = await metricsOf(api);
      return counts.every((labels) => text.includes(`http_request_duration_seconds_count{${labels}} 1\n`));
    },
    { what: 'the last request in the metrics' },
  );
  expect(await metricsOf(api)).not.toContain('X-MADE-UP');
});

test('two apps in one process count apart', async () => {
  const other = await startTestApi(NOWHERE);
  expect(await metricsOf(other)).not.toMatch(/result="refused".*\} [1-9]/);
  await other.close();
});
