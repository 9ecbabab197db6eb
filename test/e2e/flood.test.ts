import type { ChildProcess } from 'node:child_process';
import { webhookSignature } from '../../lesspay/signature';
import { TASK_QUEUE } from '../../temporal.config';
import { payinWorkflowId, type PayinResult } from '../../workflows/payin/messages';
import { eachOf } from '../machinery/each-of';
import { APP, jsonObject, newRequestId, requestOf } from '../machinery/payin-request';
import { sized } from '../machinery/size';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { type Ground, prepareGround, run, urlOf } from './running-program';
import { agent, deliver, spread, webhookBody } from './webhook-traffic';

/** The API and the worker in processes of their own, as a deployment runs them, and somebody who means no good. */

const FORGED = sized(1_500, 10_000);
const FORGED_AT_ONCE = 50;
const PAYINS = sized(8, 20);
const PAYINS_AT_ONCE = 4;

let client: Ground['client'];
let sandbox: Ground['sandbox'];
let ground: Ground;
let apiUrl: string;
let programs: ChildProcess[] = [];

// PGlite belongs to one process.
describeOnPostgres('in processes of their own', () => {
  beforeAll(async () => {
    ground = await prepareGround();
    ({ client, sandbox } = ground);
    const { env } = ground;
    const api = run('api/main.js', { ...env, PORT: '0' });
    programs = [api];
    apiUrl = await urlOf(api);
    programs = [api, run('worker/main.js', { ...env, LESSPAY_BASE_URL: sandbox.url, PUBLIC_URL: apiUrl })];
  });
  afterAll(async () => {
    agent.destroy();
    await ground.close(programs);
  });

  it('a hundred duplicates at once of one webhook are all taken, and cost a question or two', async () => {
    const request_id = newRequestId();
    await start(request_id);
    const handle = client.workflow.getHandle(payinWorkflowId(request_id));
    const { runId } = await handle.describe();
    sandbox.orders.act(request_id, 'pay');
    // So that they come while the first one is being looked into.
    sandbox.faults.add({ on: 'query', request_id, delay_ms: 1_500 });
    const body = webhookBody(request_id);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => deliver(apiUrl, body, webhookSignature(body, APP.appSecret))),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 SUCCESS']));

    expect(await resultOf(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect([1, 2]).toContain(sandbox.calls(request_id).query_calls);
    const { events } = await client.workflow.getHandle(handle.workflowId, runId).fetchHistory();
    // Beside the signals themselves.
    expect(events?.filter((event) => !event.workflowExecutionSignaledEventAttributes).length).toBeLessThan(60);
  });

  it('thousands of forged webhooks stop no pay-in, and none of them does anything', async () => {
    const ids = Array.from({ length: PAYINS }, newRequestId);
    const strangers = Array.from({ length: PAYINS }, newRequestId);
    const before = performance.now();
    const [forged, payins] = await Promise.all([
      eachOf([...Array(FORGED).keys()], FORGED_AT_ONCE, (index) => {
        // Half of them name a pay-in of ours, half of them one that nobody started.
        const request_id = [...ids, ...strangers][index % (2 * PAYINS)] ?? '';
        const body = webhookBody(request_id, index);
        return deliver(apiUrl, body, webhookSignature(body, 'a secret of somebody else'));
      }).then((answers) => ({ answers, seconds: (performance.now() - before) / 1_000 })),
      eachOf(ids, PAYINS_AT_ONCE, payOne),
    ]);
    report([
      `${FORGED} forged webhooks in ${forged.seconds.toFixed(1)} s: ${(FORGED / forged.seconds).toFixed(0)}/s`,
      `forged ones, from call to answer: ${spread(forged.answers.map(({ ms }) => ms))}`,
      `real ones, meanwhile: ${spread(payins.map(({ webhookMs }) => webhookMs))}`,
      `of ${PAYINS} pay-ins, from payment to end: ${spread(payins.map(({ outcomeMs }) => outcomeMs))}`,
    ]);

    expect(new Set(forged.answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(payins.map(({ result }) => result.status))).toEqual(new Set(['SUCCEED']));
    expect(payins.flatMap(({ result }) => result.alerts)).toEqual([]);
    for (const { request_id, sent } of payins) expect(await signalsOf(request_id)).toBeLessThanOrEqual(sent);

    const areListed = async () => (await listed()).filter((id) => ids.includes(id)).length === PAYINS;
    await waitFor(areListed, { what: 'every pay-in in the list' });
    expect((await listed()).filter((id) => strangers.includes(id))).toEqual([]);
    const metrics = await (await fetch(`${apiUrl}/metrics`, { headers })).text();
    expect(metrics).toContain(
      `lesspay_webhooks_total{result="refused",reason="signature_wrong",version="v2"} ${FORGED}\n`,
    );
    expect(metrics).toMatch(/^payin_starts_total\{outcome="started"\} \d+$/m);
  });
});

interface Paid {
  readonly request_id: string;
  /** How often its webhook was delivered. */
  readonly sent: number;
  readonly result: PayinResult;
  readonly webhookMs: number;
  /** From the payment, which the webhook follows at once. */
  readonly outcomeMs: number;
}

async function payOne(request_id: string): Promise<Paid> {
  await start(request_id);
  sandbox.orders.act(request_id, 'pay');
  const paid = performance.now();
  let sent = 0;
  // As Lesspay does, which waits a few seconds for an answer.
  const isAcknowledged = async () => {
    sent += 1;
    return JSON.stringify(await sandbox.webhooks.send({ request_id })).includes('SUCCESS');
  };
  await waitFor(isAcknowledged, { what: `the acknowledgement of ${request_id}` });
  const webhookMs = performance.now() - paid;
  const result = await resultOf(request_id);
  return { request_id, result, sent, webhookMs, outcomeMs: performance.now() - paid };
}

const headers = { authorization: 'Bearer dev', 'content-type': 'application/json' };

/** As a backend does: 202 means ask again. */
async function start(request_id: string): Promise<void> {
  const body = JSON.stringify(requestOf(request_id));
  const hasPage = async () => {
    const answer = await fetch(`${apiUrl}/payins`, { method: 'POST', headers, body });
    return 'checkout_url' in jsonObject.parse(await answer.json());
  };
  await waitFor(hasPage, { what: `the checkout page of ${request_id}` });
}

const resultOf = (request_id: string): Promise<PayinResult> =>
  client.workflow.getHandle(payinWorkflowId(request_id)).result();

async function signalsOf(request_id: string): Promise<number | undefined> {
  const { events } = await client.workflow.getHandle(payinWorkflowId(request_id)).fetchHistory();
  return events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

/** The request_ids of all pay-ins that Temporal lists for this file's task queue. */
async function listed(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `TaskQueue = "${TASK_QUEUE}"` }))
    ids.push(workflowId.replace(payinWorkflowId(''), ''));
  return ids;
}

const report = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `flood: ${line}\n`).join(''));
