import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { wakeSignal } from '../../workflows/payin-messages';

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
  // Temporal suggests a fresh history after 4096 events.
  for (let batch = 0; batch < 42; batch += 1)
    await Promise.all(
      Array.from({ length: 100 }, (_none, index) =>
        handle.signal(wakeSignal, { who: 'test', why: `${batch}.${index}` }),
      ),
    );
  await waitFor(async () => (await handle.describe()).runId !== runId, { what: 'the fresh run', timeoutMs: 30_000 });

  const { typedSearchAttributes, historyLength, memo } = await handle.describe();
  expect(memo).toEqual({ digest: (await rig.state(request_id)).digest });
  expect(historyLength).toBeLessThan(4_096);
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
  expect(rig.sandbox.calls(request_id).query_calls).toBeLessThan(2_000);

  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', pay_order_id: first.body['pay_order_id'] });
}, 90_000);
