import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';

const HISTORIES = join(__dirname, '../histories');

describe('what a pay-in costs the engine', () => {
  let rig: PayinRig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());

  it('webhook-first: at most 26 events and 3 workflow tasks', async () => {
    const request_id = newRequestId();
    await rig.post(requestOf(request_id));
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.result(request_id);
    const { events } = await rig.handle(request_id).fetchHistory();
    const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
    expect(events?.length).toBeLessThanOrEqual(26);
    expect(tasks.length).toBeLessThanOrEqual(3);
  });
});

describe('saved histories replay with the code of today', () => {
  const names = readdirSync(HISTORIES);

  it('has the first two there were', () => {
    expect(names).toEqual(expect.arrayContaining(['webhook-first.json', 'poll-only.json']));
  });

  it.each(names)('%s', async (name) => {
    const history = historyFromJSON(JSON.parse(await readFile(join(HISTORIES, name), 'utf8')));
    const bundle = { codePath: fromSetUp('TEST_WORKFLOW_BUNDLE') };
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId(history)),
    ).resolves.toBeUndefined();
  });
});

/** The run's own id: the workflow refuses to run under another. */
function workflowId({ events }: ReturnType<typeof historyFromJSON>): string {
  const id = events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (!id) throw new Error('the history does not name its workflow id');
  return id;
}
