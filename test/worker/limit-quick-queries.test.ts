import { limitQuickQueries } from '../../worker/limit-quick-queries';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';

/** Above `QUICK_QUERIES_PER_SECOND`, queries wait for their turn among the ordinary activities of all workers. */

let rig: PayinRig;
let now = 0;
beforeAll(async () => {
  rig = await startRig({ activityInterceptors: [limitQuickQueries(2, () => now)] });
});
afterAll(() => rig.close());

/** Pays a pay-in. @returns by which kind of activity Lesspay was asked about it */
async function asked(): Promise<'quick' | 'ordinary'> {
  const request_id = newRequestId();
  await rig.post(requestOf(request_id));
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  const { events = [] } = await rig.handle(request_id).fetchHistory();
  const scheduled = (events ?? []).map(
    ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name,
  );
  return scheduled.includes('queryOrder') ? 'ordinary' : 'quick';
}

it('so many a second are quick, and the others are asked all the same', async () => {
  expect([await asked(), await asked(), await asked()]).toEqual(['quick', 'quick', 'ordinary']);
  now += 500;
  expect([await asked(), await asked()]).toEqual(['quick', 'ordinary']);
  now += 60_000;
  expect([await asked(), await asked(), await asked()]).toEqual(['quick', 'quick', 'ordinary']);
});
