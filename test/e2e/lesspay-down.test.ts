import type { History } from './parked-at';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** While Lesspay does not answer: operators are answered all the same, and news ends the pause between two tries. */

const MIA = { who: 'mia', why: 'the payer called' };

let rig: PayinRig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());
afterEach(() => rig.sandbox.faults.clear());

async function askedInVain(): Promise<string> {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.faults.add({ on: 'query', request_id, http_status: 503, times: null });
  await rig.handle(request_id).signal('wake', MIA);
  return request_id;
}

const calls = (request_id: string) => rig.sandbox.calls(request_id).query_calls;

const givenUp = ({ events }: History): number =>
  (events ?? []).filter((event) => event.activityTaskCancelRequestedEventAttributes).length;

it('answers pollNow, as many as there are, and lets every other update through', async () => {
  const request_id = await askedInVain();
  const handle = rig.handle(request_id);
  const asked = Array.from({ length: 10 }, () => handle.executeUpdate('pollNow', { args: [MIA] }));
  expect(await Promise.all(asked)).toEqual(
    Array.from({ length: 10 }, () => expect.objectContaining({ request_id, status: 'PENDING_PAY' })),
  );
  expect(await handle.executeUpdate('stopWatching', { args: [MIA] })).toMatchObject({ request_id });
});

it.each(['wake', 'webhook', 'pollNow'])(
  'a %s ends the pause between two tries',
  async (hint) => {
    const request_id = await askedInVain();
    // At once twice, then after 1, 2, 4 s: the next pause is one of 8 s.
    await waitFor(() => calls(request_id) >= 5, { what: 'the fifth try' });
    rig.sandbox.faults.clear();
    if (hint !== 'webhook') rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
    rig.sandbox.orders.act(request_id, 'pay');
    if (hint === 'wake') await rig.handle(request_id).signal('wake', MIA);
    if (hint === 'pollNow') await rig.handle(request_id).executeUpdate('pollNow', { args: [MIA] });
    expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED' });
    expect(givenUp(await rig.handle(request_id).fetchHistory())).toBe(1);
  },
  90_000,
);

it('a flood of hints has Lesspay asked no more than every five seconds', async () => {
  const request_id = await askedInVain();
  await waitFor(() => calls(request_id) >= 2, { what: 'the second try' });
  const began = Date.now();
  for (let sent = 0; sent < 60; sent += 1) await rig.handle(request_id).signal('wake', MIA);
  await waitFor(async () => givenUp(await rig.handle(request_id).fetchHistory()) > 0, {
    what: 'the question put anew',
  });
  const anew = givenUp(await rig.handle(request_id).fetchHistory());
  expect(anew).toBeLessThanOrEqual((Date.now() - began) / 5_000 + 1);
});
