import { checkoutUpdate, checkoutWithStart, payinWorkflowId } from '../../client';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';

/** The cases of docs/design.md, rule 4, over HTTP, against a real Temporal server. */

let rig: PayinRig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort((a, b) => a - b);

const other = (request_id: string) => ({ ...requestOf(request_id), amount: '100.01' });

it('starts once: 201 with all of the pay-in, then 200 with the same page, while it runs', async () => {
  const request_id = newRequestId();
  const first = await rig.post(requestOf(request_id));
  expect(first.status).toBe(201);
  expect(first.headers.get('location')).toBe(`/payins/${request_id}`);
  expect(first.body).toEqual({
    request_id,
    pay_order_id: rig.sandbox.orders.get(request_id).pay_order_id,
    status: 'PENDING_PAY',
    amount: '100.00',
    currency: 'USDT',
    checkout_url: rig.sandbox.orders.get(request_id).checkout_url,
    next_step: { type: 'redirect', url: rig.sandbox.orders.get(request_id).checkout_url },
    workflow_id: `payin-${request_id}`,
    created_at: expect.any(String),
    expires_at: expect.any(String),
    needs_attention: false,
    alerts: [],
    metadata: {},
  });
  const again = await rig.post(requestOf(request_id));
  expect([again.status, again.body]).toEqual([200, first.body]);
});

it('takes 100.0 for 100.00, and other metadata for the same content', async () => {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  expect((await rig.post({ ...requestOf(request_id), amount: '100.0', metadata: { cart: 7 } })).status).toBe(200);
});

it('answers the same content after the end with what became of it, and no page', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  const again = await rig.post(requestOf(request_id));
  expect(again.status).toBe(200);
  expect(again.body).toMatchObject({ status: 'SUCCEED' });
  expect(again.body).not.toHaveProperty('checkout_url');
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1 });
  expect((await rig.get(request_id)).body).not.toHaveProperty('checkout_url');
});

it('starts once when twenty come at once: one order, one page, one 201', async () => {
  const request_id = newRequestId();
  const answers = await Promise.all(Array.from({ length: 20 }, () => rig.post(requestOf(request_id))));
  expect(statuses(answers)).toEqual([...Array<number>(19).fill(200), 201]);
  expect(new Set(answers.map(({ body }) => body['checkout_url'])).size).toBe(1);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1, orders_created: 1 });
});

it('refuses other content under the same request_id while it runs, and after the end', async () => {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  const running = await rig.post(other(request_id));
  expect([running.status, running.body['code']]).toEqual([409, 'other_content']);
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  const ended = await rig.post(other(request_id));
  expect([ended.status, ended.body['code']]).toEqual([409, 'other_content']);
  expect((await rig.post(requestOf(request_id))).status).toBe(200);
});

it('refuses other content that comes at the same time', async () => {
  const request_id = newRequestId();
  const answers = await Promise.all([rig.post(requestOf(request_id)), rig.post(other(request_id))]);
  expect(statuses(answers)).toEqual([201, 409]);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ orders_created: 1 });
});

it('answers 202 while no worker runs, and 200 with the page once one does', async () => {
  const request_id = newRequestId();
  await rig.stopWorker();
  const waiting = await rig.post(requestOf(request_id));
  expect([waiting.status, waiting.body]).toEqual([
    202,
    { request_id, status: 'CREATING', workflow_id: `payin-${request_id}` },
  ]);
  expect((await rig.get(request_id)).status).toBe(503);
  expect((await rig.post(other(request_id))).body['code']).toBe('other_content');
  await rig.startWorker();
  const again = await rig.post(requestOf(request_id));
  expect(again.status).toBe(200);
  expect(again.body['checkout_url']).toBe(rig.sandbox.orders.get(request_id).checkout_url);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ orders_created: 1 });
});

it('answers 202 when Lesspay is slow to create (20 s), and its page is there afterwards', async () => {
  const request_id = newRequestId();
  rig.sandbox.faults.add({ on: 'create', request_id, delay_ms: 20_000 });
  const slow = await rig.post(requestOf(request_id));
  expect(slow.status).toBe(202);
  expect(slow.headers.get('location')).toBe(`/payins/${request_id}`);
  // This one waits for what is left of the 20 s: the late answer holds the only checkout page.
  let again = await rig.post(requestOf(request_id));
  if (again.status === 202) again = await rig.post(requestOf(request_id));
  expect([again.status, again.body['checkout_url']]).toEqual([200, rig.sandbox.orders.get(request_id).checkout_url]);
  expect((await rig.get(request_id)).body['checkout_url']).toBe(rig.sandbox.orders.get(request_id).checkout_url);
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1 });
});

it('goes on with a terminated pay-in: the same page, watched again, nothing created', async () => {
  const request_id = newRequestId();
  const { body } = await rig.post(requestOf(request_id));
  await rig.handle(request_id).terminate();
  expect((await rig.post(other(request_id))).body['code']).toBe('other_content');
  expect(await rig.post(requestOf(request_id))).toMatchObject({ status: 200, body });
  expect((await rig.handle(request_id).describe()).status.name).toBe('RUNNING');
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', pay_order_id: body['pay_order_id'] });
  expect(rig.sandbox.calls(request_id)).toMatchObject({ create_calls: 1 });
});

it('knows nothing of a pay-in that was never started: 404', async () => {
  expect((await rig.get(newRequestId())).status).toBe(404);
});

it('starts from a backend that has @temporalio/client alone, and tells it the outcome', async () => {
  const request_id = newRequestId();
  const { start_token, ...start } = checkoutWithStart(requestOf(request_id));
  const answer = await rig.client.workflow.executeUpdateWithStart(checkoutUpdate, start);
  expect(answer).toMatchObject({ start_token, checkout_url: rig.sandbox.orders.get(request_id).checkout_url });
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.client.workflow.getHandle(payinWorkflowId(request_id)).result()).toMatchObject({
    status: 'SUCCEED',
  });
});
