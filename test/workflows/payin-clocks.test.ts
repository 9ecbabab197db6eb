import { newRequestId, requestOf, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** Lesspay's clock is not ours, and its secrets change while pay-ins are in flight. */

let rig: TimeSkippingRig;

beforeAll(async () => {
  rig = await startTimeSkippingRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());
afterEach(() => void rig.sandbox.settings.change({ clock_skew_ms: 0 }));

const status = async (request_id: string) => (await rig.state(request_id)).status;
const MINUTES = 60_000;

describe.each([-20, -4, 4, 20])("with Lesspay's clock %i minutes ahead", (minutes) => {
  beforeEach(() => void rig.sandbox.settings.change({ clock_skew_ms: minutes * MINUTES }));

  it('a payment is found by the webhook, or by the next polls', async () => {
    const request_id = newRequestId();
    expect((await rig.post(requestOf(request_id))).status).toBe(201);
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('1 minute', 'the payment', async () => (await status(request_id)) === 'SUCCEED');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  });

  it('an order whose answer was lost is adopted, never made twice', async () => {
    const request_id = newRequestId();
    rig.sandbox.faults.add({ on: 'create', request_id, drop: 'after' });
    void rig.post(requestOf(request_id));
    await waitFor(() => rig.sandbox.calls(request_id).create_calls > 0, { what: 'the first attempt' });
    await rig.passUntil('1 minute', 'the adoption', async () => (await status(request_id)) === 'PENDING_PAY');
    expect(rig.sandbox.calls(request_id)).toMatchObject({ orders_created: 1 });
    expect((await rig.state(request_id)).alerts).toEqual([]);
  });
});

describe("while Lesspay's secret is rotated", () => {
  const APP_SECRET = 'test-secret';
  afterEach(() => void rig.sandbox.settings.change({ app_secrets: [APP_SECRET] }));

  it('on its side alone: its webhooks wake nothing, our queries are refused and flagged, and both are made good', async () => {
    const request_id = newRequestId();
    expect((await rig.post(requestOf(request_id))).status).toBe(201);
    const { historyLength } = await rig.handle(request_id).describe();
    rig.sandbox.settings.change({ app_secrets: ['new-secret'] });
    rig.sandbox.orders.act(request_id, 'pay');
    await waitFor(() => rig.sandbox.calls(request_id).webhooks_sent > 0, { what: 'the webhook' });
    expect(await rig.sandbox.webhooks.send({ request_id })).toMatchObject({ http_status: 401 });
    expect((await rig.handle(request_id).describe()).historyLength).toBe(historyLength);
    await rig.passUntil('10 seconds', 'a refused poll', async () => (await rig.state(request_id)).needs_attention);
    expect((await rig.state(request_id)).alerts).toMatchObject([{ code: 'credentials' }]);
    rig.sandbox.settings.change({ app_secrets: ['new-secret', APP_SECRET] });
    await rig.passUntil('1 minute', 'the payment', async () => (await status(request_id)) === 'SUCCEED');
  });

  it('for webhooks alone: they are refused, and polling carries the pay-in', async () => {
    rig.sandbox.settings.change({ app_secrets: ['new-secret', APP_SECRET] });
    const request_id = newRequestId();
    expect((await rig.post(requestOf(request_id))).status).toBe(201);
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.passUntil('10 seconds', 'a poll finds it', async () => (await status(request_id)) === 'SUCCEED');
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
    expect(rig.sandbox.calls(request_id).webhooks_acknowledged).toBe(0);
  });
});
