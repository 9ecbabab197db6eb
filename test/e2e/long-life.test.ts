import { ServiceError } from '@temporalio/client';
import { fillHistory } from '../machinery/fill-history';
import { LONG_HISTORY } from '../machinery/size';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { pollNowUpdate, wakeSignal, webhookSignal } from '../../workflows/payin/messages';

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it('a run with a long history goes on in a fresh one, and loses neither signal nor knowledge', async () => {
  const request_id = newRequestId();
  const first = await rig.post(requestOf(request_id));
  const handle = rig.handle(request_id);
  const { runId } = await handle.describe();
  await fillHistory((index) => handle.signal(wakeSignal, { who: 'test', why: `${index}` }));
  await waitFor(async () => (await handle.describe()).runId !== runId, { what: 'the fresh run' });

  const { typedSearchAttributes, historyLength, memo } = await handle.describe();
  expect(memo).toEqual({ digest: (await rig.state(request_id)).digest });
  expect(historyLength).toBeLessThan(LONG_HISTORY);
  const attributes = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  expect(attributes).toMatchObject({
    PayinStatus: 'PENDING_PAY',
    PayinRequestId: request_id,
    PayOrderId: first.body['pay_order_id'],
    PayinCurrency: 'USDT',
    PayinAmount: 100,
    NeedsAttention: false,
  });
  expect(await rig.state(request_id)).toMatchObject({ created_at: first.body['created_at'], status: 'PENDING_PAY' });
  expect((await rig.post(requestOf(request_id))).body).toEqual(first.body);
  // A flood costs one question a wake, not one each.
  expect(rig.sandbox.calls(request_id).query_calls).toBeLessThan(LONG_HISTORY / 2);

  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', pay_order_id: first.body['pay_order_id'] });
});

const MIA = { who: 'mia', why: 'a test' };

/** Webhooks that say something new each, signalled as the receiver does. */
const claims = (request_id: string) =>
  fillHistory((index) =>
    rig.handle(request_id).signal(webhookSignal, {
      digest: `${index}`,
      received_at: '',
      version: 'v2',
      request_id,
      order_status: 'SUCCEED',
    }),
  );

it('goes on in a fresh run also while Lesspay has not answered for long, and asks it again', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.faults.add({ on: 'webhook', request_id, lose: true, times: null });
  rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, times: null });
  const { runId } = await rig.handle(request_id).describe();
  await claims(request_id);
  await waitFor(async () => (await rig.handle(request_id).describe()).runId !== runId, { what: 'the fresh run' });
  rig.sandbox.orders.act(request_id, 'pay');
  rig.sandbox.faults.clear();
  await waitFor(async () => (await rig.state(request_id)).status === 'SUCCEED', { what: 'SUCCEED' });
  expect(await rig.result(request_id)).toMatchObject({ alerts: [] });
});

it('loses no update of an operator on the way from run to run', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  const { runId } = await rig.handle(request_id).describe();
  const flood = { over: false };
  const claimed = claims(request_id).finally(() => (flood.over = true));
  const asked: string[] = [];
  while (!flood.over) {
    const why = `number ${asked.length}`;
    // Temporal may say no while a flood keeps a workflow task from ending: the same update again, as an operator would.
    const ask = () =>
      rig.handle(request_id).executeUpdate(pollNowUpdate, { updateId: why, args: [{ who: 'mia', why }] });
    await ask().catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      return ask();
    });
    asked.push(why);
  }
  await claimed;
  expect((await rig.handle(request_id).describe()).runId).not.toBe(runId);
  const { audit } = await rig.state(request_id);
  // One that was asked again, and met the fresh run, was obeyed twice.
  expect([...new Set(audit.map(({ why }) => why))]).toEqual(asked.slice(-100));
  await rig.handle(request_id).executeUpdate('stopWatching', { args: [MIA] });
});

it('is on the list of what is left to do once, by the run that goes on', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.orders.report(request_id, { event: 'dispute_received', category: 'fraudulent' });
  await waitFor(async () => (await rig.state(request_id)).needs_attention, { what: 'the dispute' });
  const { runId } = await rig.handle(request_id).describe();
  await claims(request_id);
  await waitFor(async () => (await rig.handle(request_id).describe()).runId !== runId, { what: 'the fresh run' });
  const listed = async () => {
    const runs: string[] = [];
    const query = `NeedsAttention = true AND PayinRequestId = "${request_id}"`;
    for await (const run of rig.client.workflow.list({ query })) runs.push(run.status.name);
    return runs.join();
  };
  await waitFor(async () => (await listed()) === 'RUNNING', { what: 'the one that runs' });
  await rig.handle(request_id).executeUpdate('acknowledge', { args: [MIA] });
  await waitFor(async () => (await listed()) === '', { what: 'the empty list' });
  expect((await rig.state(request_id)).needs_attention).toBe(false);
});
