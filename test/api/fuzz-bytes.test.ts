import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { webhookSignature } from '../../lesspay/signature';
import { TASK_QUEUE } from '../../temporal.config';
import { PAYIN_WORKFLOW } from '../../workflows/payin/messages';
import { waitFor } from '../machinery/wait-for';
import { FUZZ_TIMEOUT_MS, fuzzRuns } from './fuzz-runs';
import { exchange, statusesIn } from './raw-connection';
import { FAREWELL, sending } from './raw-requests';
import { change, changed, onTheWire, rawWebhook } from './raw-webhook';
import { bearer, call, READ_KEY, SECRETS, startTestApi, temporalAddress, type TestApi } from './running-api';
import { claimsOf, runPayin, type RunningPayin } from './running-payin';

/** Over raw sockets, so that what is sent is exact. */

let api: TestApi;
let port: number;
beforeAll(async () => {
  // Who is slow or silent is cut off soon.
  api = await startTestApi(temporalAddress(), { requestTimeoutMs: 100, keepAliveTimeoutMs: 100 });
  port = Number(new URL(api.url).port);
});
afterAll(() => api.close());

const metrics = async () => (await call(`${api.url}/metrics`, { headers: bearer(READ_KEY) })).text;

const MARK = 'mark-';

/** The workflows that were ever started on the task queue of this file's API. */
async function startedWorkflows(): Promise<string[]> {
  // When this one is listed, so is every one before it.
  const last = `${MARK}${randomUUID()}`;
  await api.client.workflow.start(PAYIN_WORKFLOW, { workflowId: last, taskQueue: TASK_QUEUE });
  const ids: string[] = [];
  const query = `TaskQueue = "${TASK_QUEUE}"`;
  const isListed = async () => {
    ids.length = 0;
    for await (const { workflowId } of api.client.workflow.list({ query })) ids.push(workflowId);
    return ids.includes(last);
  };
  await waitFor(isListed, { what: 'the last workflow in the list' });
  return ids.filter((id) => !id.startsWith(MARK));
}

/** Nothing but 4xx, interim answers, and 200 to the farewells. */
function expectRefusal(said: string): void {
  const statuses = statusesIn(said);
  expect(statuses.filter((status) => status !== 100 && status !== 200 && (status < 400 || status > 499))).toEqual([]);
  const farewells = said.split('{"status":"ok"}').length - 1;
  expect(statuses.filter((status) => status === 200)).toHaveLength(farewells);
}

test(
  'whatever bytes come: refused or cut off, the server lives, and no workflow hears of it',
  async () => {
    const payin = await runPayin(api.client);
    const batch = fc.array(sending(payin), { minLength: 10, maxLength: 20 });
    const calm = fc.asyncProperty(batch, async (sendings) => {
      const said = await Promise.all(sendings.map((sending) => exchange(port, sending)));
      said.forEach(expectRefusal);
      expect(await call(`${api.url}/healthz`)).toMatchObject({ status: 200 });
    });
    await fc.assert(calm, fuzzRuns(30));

    expect(await claimsOf(api.client, payin.request_id)).toEqual([]);
    expect(await startedWorkflows()).toEqual([]);
    const text = await metrics();
    expect(text).not.toMatch(/lesspay_webhooks_total\{result="(?!refused).*\} [1-9]/);
    // What it looked at was not one thing alone.
    for (const reason of ['signature_wrong', 'no_order_id', 'not_json', 'bad_utf8', 'duplicate_member', 'too_deep'])
      expect(text).toContain(`lesspay_webhooks_total{result="refused",reason="${reason}"`);
    expect(api.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  },
  FUZZ_TIMEOUT_MS,
);

describe('a webhook that is changed on its way', () => {
  const version = fc.constantFrom('v1', 'v2');

  const membersOf = ({ request_id, pay_order_id }: RunningPayin, api_version: string) => ({
    request_id,
    pay_order_id,
    order_status: 'SUCCEED',
    order_status_int: 2,
    target_amount: '100.00',
    product_name: 'T\u00e9 a/b',
    merchant_reserved_field: null,
    api_version,
    channel_biz_data: { issuer: 'x', rules: [1.5, { a: true }] },
    event: null,
  });

  const claimOf = ({ request_id, pay_order_id }: RunningPayin, version: string) => ({
    digest: expect.any(String),
    received_at: expect.any(String),
    version,
    request_id,
    pay_order_id,
    order_status: 'SUCCEED',
    amount: '100.00',
    // v1 does not sign it.
    ...(version === 'v2' ? { card_issuer: 'x' } : {}),
  });

  const SUCCESS = /HTTP\/1\.1 200 (?:(?!\r\n\r\n).)*\r\n\r\nSUCCESS/s;

  test(
    'by one byte or one header: it is refused, or claims the same',
    async () => {
      let taken = 0;
      const changes = fc.array(change, { minLength: 10, maxLength: 20 });
      const same = fc.asyncProperty(version, changes, async (version, changes) => {
        const payin = await runPayin(api.client);
        const webhook = rawWebhook(JSON.stringify(membersOf(payin, version)));
        const said = await Promise.all(
          changes.map((change) => exchange(port, { pieces: [changed(webhook, change), FAREWELL], end: 'wait' })),
        );
        for (const text of said) expectRefusal(text.replace(SUCCESS, ''));
        const successes = said.filter((text) => SUCCESS.test(text)).length;
        const claims = await claimsOf(api.client, payin.request_id);
        expect(claims).toEqual(claims.map(() => claimOf(payin, version)));
        // More than were answered, where a byte too many behind a webhook cut its connection off.
        expect(claims.length).toBeGreaterThanOrEqual(successes);
        taken += successes;
      });
      await fc.assert(same, fuzzRuns(30));
      expect(taken).toBeGreaterThan(0);
      expect(await startedWorkflows()).toEqual([]);
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'in white space and the order of its members: it is taken, and claims the same',
    async () => {
      const indent = fc.oneof(fc.nat(10), fc.stringMatching(/^[ \t\r\n]{0,9}$/));
      const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { minLength: 10 });
      const same = fc.asyncProperty(version, order, indent, async (version, order, indent) => {
        const payin = await runPayin(api.client);
        const members = membersOf(payin, version);
        const signature = webhookSignature(JSON.stringify(members), SECRETS[0]);
        const entries = Object.entries(members);
        const reordered = Object.fromEntries(order.flatMap((index) => entries.slice(index, index + 1)));
        const webhook = rawWebhook(JSON.stringify(reordered, null, indent), signature);
        const said = await exchange(port, { pieces: [onTheWire(webhook), FAREWELL], end: 'wait' });
        expect(statusesIn(said)).toEqual([200, 200]);
        expect(await claimsOf(api.client, payin.request_id)).toEqual([claimOf(payin, version)]);
      });
      await fc.assert(same, fuzzRuns(50));
    },
    FUZZ_TIMEOUT_MS,
  );
});
