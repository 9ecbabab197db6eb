import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { webhookSignature } from '../../lesspay/signature';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { eachOf } from '../machinery/each-of';
import { ownPort } from '../machinery/own-ports';
import { APP, jsonObject, newRequestId, requestOf } from '../machinery/payin-request';
import { sized } from '../machinery/size';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres } from '../records/databases';
import { type Ground, prepareGround, run, urlOf } from './running-program';
import { agent, type Answered, deliver, spread, webhookBody } from './webhook-traffic';

/** All customers come at once: API, receiver and worker in processes of their own, as a deployment runs them. */

const STARTS = sized(150, 5_000);
const AT_ONCE = sized(50, 200);
/** Pay-ins from before the burst, which are paid meanwhile, one every so many ms. When all are paid, their webhooks are repeated. */
const EARLIER = sized(20, 200);
const WEBHOOK_EVERY_MS = 200;
/** So many of the burst are paid afterwards. */
const PAID = sized(10, 100);

let client: Ground['client'];
let sandbox: Ground['sandbox'];
let ground: Ground;
let apiUrl: string;
let receiverUrl: string;
let programs: ChildProcess[] = [];

// PGlite belongs to one process.
describeOnPostgres('a burst of starts', () => {
  beforeAll(async () => {
    ground = await prepareGround();
    ({ client, sandbox } = ground);
    const receiverPort = String(await ownPort());
    // As a deployment has it.
    const env = { ...ground.env, OVERLOAD_DELAY_MS: '500' };
    const receiver = run('api/receiver/main.js', { ...env, RECEIVER_PORT: receiverPort });
    // One backend sends all of them.
    const api = run('api/main.js', { ...env, PORT: '0', WEBHOOKS_ON_API: 'no', RATE_LIMIT_PER_KEY: '0' });
    programs = [receiver, api];
    [receiverUrl, apiUrl] = await Promise.all([urlOf(receiver), urlOf(api)]);
    programs.push(run('worker/main.js', { ...env, LESSPAY_BASE_URL: sandbox.url, PUBLIC_URL: receiverUrl }));
  });
  afterAll(async () => {
    agent.destroy();
    await ground.close(programs);
  });

  it('loses none and doubles none, and webhooks are acknowledged meanwhile', async () => {
    const earlier = Array.from({ length: EARLIER }, newRequestId);
    for (const request_id of earlier) await start(request_id);
    await waitFor(() => earlier.every(isCreated), { what: 'the orders before the burst' });

    const ids = Array.from({ length: STARTS }, newRequestId);
    const from = performance.now();
    const over = new AbortController();
    const webhooks = payUntil(over.signal, earlier);
    const started = await eachOf(ids, AT_ONCE, start);
    report([
      `${STARTS} starts, ${AT_ONCE} at once, accepted in ${secondsSince(from)} s`,
      `answers of POST: ${tally(started.flatMap(({ statuses }) => statuses))}`,
      `from the first POST to the answer that accepts: ${spread(started.map(({ ms }) => ms))}`,
    ]);
    // The orders of those that were answered with 202 come later.
    const allCreated = () => ids.every(isCreated);
    await waitFor(allCreated, { what: 'every order', takesMs: STARTS * 150, restMs: 500 }).finally(() => over.abort());
    const answers = await webhooks;
    report([
      `all orders made after ${secondsSince(from)} s`,
      `webhooks meanwhile: ${answers.length}, ${tally(answers.map(({ status }) => status))}, ${spread(answers.map(({ ms }) => ms))}`,
    ]);

    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 SUCCESS']));
    expect(answers.length).toBeGreaterThan(EARLIER / 2);
    const doubled = ids.filter((request_id) => sandbox.calls(request_id).orders_created !== 1);
    const repeated = ids.filter((request_id) => sandbox.calls(request_id).create_calls !== 1);
    expect({ doubled, repeated }).toEqual({ doubled: [], repeated: [] });

    const paid = ids.filter((_id, index) => index % Math.floor(STARTS / PAID) === 0);
    for (const request_id of paid) sandbox.orders.act(request_id, 'pay');
    for (const request_id of paid) expect((await tellPaid(request_id)).status).toBe(200);
    const toldOf = earlier.slice(0, answers.length);
    const results = await Promise.all([...toldOf, ...paid].map(resultOf));
    expect(new Set(results.map((result) => JSON.stringify(outcomeOf(result))))).toEqual(
      new Set(['{"status":"SUCCEED","alerts":[]}']),
    );
    await eachOf(ids, 20, async (request_id) => {
      const handle = client.workflow.getHandle(payinWorkflowId(request_id));
      await handle.terminate('the burst is over').catch(() => undefined);
    });
  });
});

const secondsSince = (from: number): string => ((performance.now() - from) / 1_000).toFixed(1);

/** How many there are of each. */
const tally = (words: readonly number[]): string =>
  [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} of ${word}`).join(', ');

const isCreated = (request_id: string): boolean => sandbox.calls(request_id).orders_created > 0;

const outcomeOf = (result: unknown) => {
  const { status, alerts } = jsonObject.parse(result);
  return { status, alerts };
};

const headers = { authorization: 'Bearer dev', 'content-type': 'application/json' };

/** As a backend does: 503 means send it again after the time that it says. Any other answer than an acceptance is an error. */
async function start(request_id: string): Promise<{ ms: number; statuses: number[] }> {
  const from = performance.now();
  const body = JSON.stringify(requestOf(request_id));
  for (const statuses: number[] = []; ;) {
    const answer = await fetch(`${apiUrl}/payins`, { method: 'POST', headers, body });
    const text = await answer.text();
    statuses.push(answer.status);
    if ([200, 201, 202].includes(answer.status)) return { ms: performance.now() - from, statuses };
    const after = Number(answer.headers.get('retry-after'));
    if (answer.status !== 503 || !(after > 0)) throw new Error(`${request_id}: ${answer.status} ${text}`);
    await pause(after * 1_000);
  }
}

/** Pays the pay-ins in turn, and delivers the webhook of each. */
async function payUntil(stopped: AbortSignal, request_ids: readonly string[]): Promise<Answered[]> {
  const answers: Promise<Answered>[] = [];
  for (let index = 0; !stopped.aborted; index += 1) {
    const request_id = request_ids[index % request_ids.length] ?? '';
    if (index < request_ids.length) sandbox.orders.act(request_id, 'pay');
    answers.push(tellPaid(request_id));
    await pause(WEBHOOK_EVERY_MS);
  }
  return Promise.all(answers);
}

function tellPaid(request_id: string): Promise<Answered> {
  const body = webhookBody(request_id);
  return deliver(receiverUrl, body, webhookSignature(body, APP.appSecret));
}

const resultOf = (request_id: string) => client.workflow.getHandle(payinWorkflowId(request_id)).result();

const report = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `burst: ${line}\n`).join(''));
