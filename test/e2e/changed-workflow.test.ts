import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { projectRoot } from '../../devstack/project-root';
import { wakeSignal } from '../../workflows/payin/messages';
import { fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { leaveUnreplayed } from '../machinery/replay-at-end';
import { waitFor } from '../machinery/wait-for';
import { changedBundles, type ChangedBundles } from './changed-bundle';
import type { History } from './parked-at';
import { replay, replaySaved, SAVED, savedHistory } from './saved-history';

/** The saved histories catch a change that breaks running pay-ins, and let the same change pass once it is guarded. */

const FILE = 'workflows/payin/ask-lesspay.ts';
const BEFORE = '  // A hint that comes while Lesspay is being asked is a new one.\n';
const IMPORTS = "import { patched, sleep } from '@temporalio/workflow';\n";
const UNGUARDED = "  await sleep('500 milliseconds');\n";
const GUARDED = "  if (patched('ask-a-moment-later')) await sleep('500 milliseconds');\n";

let bundles: ChangedBundles;
let rig: PayinRig;
beforeAll(async () => {
  bundles = await changedBundles();
  rig = await startRig();
});
afterAll(async () => {
  await rig.close();
  await bundles.remove();
});

/** A bundle in which that line is added where Lesspay is asked. */
const bundleWith = (line: string): Promise<string> => bundles.bundleWith(FILE, BEFORE, line + BEFORE, IMPORTS);

/** A local activity's name is in its marker, in base64. */
const asksLesspay = (history: History): boolean =>
  (history.events ?? []).some(({ markerRecordedEventAttributes }) =>
    (markerRecordedEventAttributes?.details?.['data']?.payloads ?? []).some(({ data }) =>
      Buffer.from(data ?? []).includes('"activity_type":"queryOrder"'),
    ),
  );

const asking = SAVED.filter((name) => asksLesspay(savedHistory(name)));
const notAsking = SAVED.filter((name) => !asking.includes(name));

describe('a timer added before each query-order', () => {
  let problems: Awaited<ReturnType<typeof replaySaved>>;
  beforeAll(async () => {
    problems = await replaySaved(await bundleWith(UNGUARDED));
  });

  it.each(asking)('breaks %s', (name) => {
    expect(problems.get(name)).toBeInstanceOf(DeterminismViolationError);
  });

  it.each(notAsking)('leaves %s alone, which never asked', (name) => {
    expect(problems.get(name)).toBeUndefined();
  });

  it('concerns the waits it should', () => {
    expect(asking).toEqual(expect.arrayContaining(['polling', 'in-doubt', 'attention', 'webhook-first']));
    expect(notAsking).toEqual(expect.arrayContaining(['waiting-for-webhook', 'late-duplicate']));
  });
});

describe('the same timer, guarded by patched', () => {
  let bundle: string;
  let problems: Awaited<ReturnType<typeof replaySaved>>;
  beforeAll(async () => {
    bundle = await bundleWith(GUARDED);
    problems = await replaySaved(bundle);
  });

  it('is the example of the handbook', async () => {
    expect(await readFile(join(projectRoot, 'docs/changing-workflows.md'), 'utf8')).toContain(GUARDED);
  });

  it.each(SAVED)('replays %s', (name) => {
    expect(problems.get(name)).toBeUndefined();
  });

  it('comes into force at the next query of a pay-in that was running, and that run replays from then on', async () => {
    const request_id = newRequestId();
    leaveUnreplayed(`payin-${request_id}`);
    const asked = () => rig.sandbox.calls(request_id).query_calls;
    const wake = () => rig.handle(request_id).signal(wakeSignal, { who: 'a test', why: 'to have Lesspay asked' });
    await rig.post(requestOf(request_id));
    await wake();
    await waitFor(() => asked() === 1, { what: 'a query by the code of before' });

    await rig.stopWorker();
    await rig.startWorker(bundle);
    await wake();
    await waitFor(() => asked() === 2, { what: 'a query by the changed code' });
    rig.sandbox.orders.act(request_id, 'pay');
    expect((await rig.result(request_id)).status).toBe('SUCCEED');

    // How ops see which runs know the patch (docs/changing-workflows.md).
    const known = `WorkflowId = 'payin-${request_id}' AND TemporalChangeVersion = 'ask-a-moment-later'`;
    await waitFor(async () => (await rig.client.workflow.count(known)).count === 1, { what: 'it in visibility' });

    const history = await rig.handle(request_id).fetchHistory();
    const pauses = (history.events ?? []).filter(
      ({ timerStartedEventAttributes }) => timerStartedEventAttributes?.startToFireTimeout?.nanos === 500_000_000,
    );
    expect(pauses).toHaveLength(2);
    await expect(replay(bundle, history)).resolves.toBeUndefined();
    // No way back: the code of before does not know the patch.
    await expect(replay(fromSetUp('TEST_WORKFLOW_BUNDLE'), history)).rejects.toThrow(DeterminismViolationError);
  });
});
