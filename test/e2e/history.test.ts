import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { parkedAt } from './parked-at';
import { PARKED_BESIDE } from './parked-beside';
import { PARKED } from './parked-payins';
import { replaySaved, SAVED, savedHistory } from './saved-history';

describe('what a pay-in costs the engine', () => {
  let rig: PayinRig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  it('webhook-first, with its order record: at most 30 events and 4 workflow tasks', async () => {
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.result(request_id);
    const { events } = await rig.handle(request_id).fetchHistory();
    const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
    expect(events?.length).toBeLessThanOrEqual(30);
    expect(tasks.length).toBeLessThanOrEqual(4);
  });
});

describe('saved histories', () => {
  let problems: Awaited<ReturnType<typeof replaySaved>>;
  beforeAll(async () => {
    problems = await replaySaved(fromSetUp('TEST_WORKFLOW_BUNDLE'));
  });

  it.each(SAVED)('%s replays with the code of today', (name) => {
    expect(problems.get(name)).toBeUndefined();
  });

  it.each(Object.entries({ ...PARKED, ...PARKED_BESIDE }).map(([name, { at }]) => ({ name, at })))(
    '$name waits at $at',
    ({ name, at }) => {
      const ofThisWait = SAVED.filter((saved) => saved === name || saved.startsWith(`${name}.`));
      expect(ofThisWait).not.toEqual([]);
      for (const saved of ofThisWait) expect([saved, parkedAt(savedHistory(saved))]).toEqual([saved, at]);
    },
  );
});
