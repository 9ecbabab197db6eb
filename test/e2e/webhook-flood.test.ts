import { createHash } from 'node:crypto';
import type { History } from '@temporalio/common/lib/proto-utils';
import { webhookSignature } from '../../lesspay/signature';
import { APP, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { SIGNALS_A_RUN } from '../machinery/size';
import { waitFor } from '../machinery/wait-for';

/** As many webhooks for one order as Temporal takes signals, each another one: no history grows without bound, none is lost. */

const WEBHOOKS = SIGNALS_A_RUN;
const AT_ONCE = 20;

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

function webhook(request_id: string, number: number) {
  const body = JSON.stringify({
    request_id,
    order_status: 'PENDING_CONFIRM',
    merchant_reserved_field: String(number),
    api_version: 'v2',
  });
  const headers = {
    'content-type': 'application/json',
    'x-auth-signature': webhookSignature(body, APP.appSecret),
  };
  return { body, headers, digest: createHash('sha256').update(body).digest('hex') };
}

async function deliver(request_id: string, number: number): Promise<number> {
  const { body, headers } = webhook(request_id, number);
  const answer = await fetch(`${rig.apiUrl}/webhooks/lesspay`, { method: 'POST', body, headers });
  await answer.arrayBuffer();
  return answer.status;
}

/** Delivers all of them, `AT_ONCE` at a time, each until it is acknowledged; how often none was. */
async function flood(request_id: string): Promise<number> {
  let next = 0;
  let refused = 0;
  const sender = async () => {
    while (next < WEBHOOKS) {
      const number = next++;
      while ((await deliver(request_id, number)) !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return refused;
}

/** Every run of the pay-in, the oldest first. */
async function historiesOf(request_id: string) {
  const { workflowId } = rig.handle(request_id);
  const histories: History[] = [];
  let runId: string | undefined = (await rig.handle(request_id).describe()).runId;
  while (runId) {
    const history: History = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return histories.map(({ events }) => events ?? []);
}

const digestsIn = (histories: Awaited<ReturnType<typeof historiesOf>>) =>
  new Set(
    histories.flat().flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
      const [payload] = signal?.input?.payloads ?? [];
      const claim: unknown = payload?.data ? JSON.parse(Buffer.from(payload.data).toString()) : undefined;
      return typeof claim === 'object' && claim !== null && 'digest' in claim ? [claim.digest] : [];
    }),
  );

const all = (request_id: string) =>
  new Set(Array.from({ length: WEBHOOKS }, (_none, number) => webhook(request_id, number).digest));

it('while a worker runs: histories stay short, and every webhook is in one', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  const refused = await flood(request_id);
  // What came while a workflow task was under way is in the history once that has ended.
  await waitFor(async () => digestsIn(await historiesOf(request_id)).size === WEBHOOKS, { what: 'every webhook' });
  const histories = await historiesOf(request_id);
  const longest = Math.max(...histories.map((events) => events.length));
  process.stdout.write(
    `webhook flood: ${WEBHOOKS} for one order, ${refused} sent again, ${histories.length} runs, the longest history ${longest} events\n`,
  );
  // Without fresh runs there would be one, with all of them. A run can go on in a fresh one only when no signal comes just
  // then, which takes its time on a busy machine.
  expect(histories.length).toBeGreaterThan(1);
  expect(longest).toBeLessThan(WEBHOOKS);
  expect(digestsIn(histories)).toEqual(all(request_id));
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  expect(rig.sandbox.calls(request_id).query_calls).toBeLessThanOrEqual(5);
});

it('while no worker runs: what Temporal refuses is answered 503, and taken when it comes again', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  await rig.stopWorker();
  await flood(request_id);
  rig.sandbox.orders.act(request_id, 'pay');
  await waitFor(() => rig.sandbox.calls(request_id).webhooks_sent > 0, { what: 'the webhook of the payment' });
  expect(await deliver(request_id, WEBHOOKS)).toBe(503);
  expect(rig.sandbox.calls(request_id).webhooks_acknowledged).toBe(0);
  await rig.startWorker();
  await waitFor(() => rig.sandbox.calls(request_id).webhooks_acknowledged === 1, {
    what: 'the webhook that comes again',
  });
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  expect(await deliver(request_id, WEBHOOKS)).toBe(200);
});
