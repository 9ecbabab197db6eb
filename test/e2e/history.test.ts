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

  it('webhook-first, with its order record and one endpoint: at most 28 events and 4 workflow tasks', async () => {
    const costs: { events: number; tasks: number }[] = [];
    // The cheapest of three: on a busy machine a quick call may take too long, and is then made durable.
    for (let payin = 0; payin < 3; payin += 1) {
      const request_id = newRequestId();
      await rig.post(requestOf(request_id));
      rig.sandbox.orders.act(request_id, 'pay');
      await rig.result(request_id);
      const { events = [] } = await rig.handle(request_id).fetchHistory();
      const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
      costs.push({ events: events?.length ?? 0, tasks: tasks.length });
    }
    expect(Math.min(...costs.map(({ events }) => events))).toBeLessThanOrEqual(28);
    expect(Math.min(...costs.map(({ tasks }) => tasks))).toBeLessThanOrEqual(4);
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
