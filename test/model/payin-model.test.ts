import fc from 'fast-check';
import { mixesMessages } from '../machinery/mixes-messages';
import { newRequestId, startTimeSkippingRig, type TimeSkippingRig } from '../machinery/payin-rig';
import { story, type PayinEvent } from './events';
import { ReceivedWebhooks } from './received-webhooks';
import { allRuns } from './run-histories';
import { bury, orderOf, settle } from './settle';
import { ToldPayin } from './told-payin';
import { WorkerDeaths } from './worker-deaths';

/**
 * The model-based property test (many stories: `npm run test:model`): whatever happens to a pay-in, in whatever order, the
 * invariants of `invariants.ts` hold. Each story is one pay-in on the real workflow, API, worker and sandbox.
 */

const RUNS = Number(process.env['MODEL_RUNS'] ?? 10);
const SEED = Number(process.env['MODEL_SEED'] ?? Date.now() & 0x7fffffff);
const PATH = process.env['MODEL_PATH'] ?? '';
/** A failing story is made smaller for so long, real ms. */
const SHRINK_MS = 120_000;

const received = new ReceivedWebhooks();
const deaths = new WorkerDeaths();
const databaseDeaths = new WorkerDeaths();
let rig: TimeSkippingRig;

const startRig = () =>
  startTimeSkippingRig({
    createTimeoutMs: 500,
    around: deaths.around,
    aroundRecord: databaseDeaths.around,
    apiLog: received.read,
  });

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it(
  `${RUNS} random stories, seed ${SEED}: no order made twice, no payment lost, no status by a forbidden way`,
  async () => {
    process.stderr.write(`model: ${RUNS} stories, seed ${SEED}\n`);
    let failure: { readonly at: number; text: string } | undefined;
    let told = 0;
    const property = fc.asyncProperty(story, async (events) => {
      if (failure && Date.now() - failure.at > SHRINK_MS) return;
      const wrong = await tell(events);
      told += 1;
      if (told % 50 === 0) process.stderr.write(`model: ${told} stories told\n`);
      if (!wrong) return;
      failure = { at: failure?.at ?? Date.now(), text: wrong };
      throw new Error(wrong);
    });
    const details = await fc.check(property, { numRuns: RUNS, seed: SEED, path: PATH, endOnFailure: PATH !== '' });
    if (details.failed) throw new Error(report(details));
    // A path also tells the stories that were made of the one.
    expect(details.numRuns).toBeGreaterThanOrEqual(RUNS);
  },
  RUNS * 20_000 + SHRINK_MS,
);

/** @returns what went wrong, and where the pay-in stood then */
async function tell(events: readonly PayinEvent[]): Promise<string | undefined> {
  const payin = new ToldPayin(rig, newRequestId(), deaths, databaseDeaths);
  try {
    for (const event of events) await payin.tell(event);
    const wrong = await settle(payin, received);
    if (wrong.some((fault) => TIMED_OUT.test(fault))) throw new Error(wrong.join('\n'));
    const text = wrong.length === 0 ? undefined : `${wrong.join('\n')}\n${await standing(payin)}`;
    await bury(payin);
    return text;
  } catch (error) {
    if (!(await isServersFault(error, payin))) throw error;
    process.stderr.write(`model: a story is left undecided, on a new server the next one: ${String(error)}\n`);
    // Its time stands still, and nothing of it is waited for.
    rig.close().catch(() => undefined);
    rig = await startRig();
    return undefined;
  }
}

/** No run of ours has a time-out. The server's clock has gone to its own, ten years later: `freeTime` took away a lock that was none. */
const TIMED_OUT = /the run timed out/;

/** It has lost a workflow task for good, or does not tell in which order a worker got what came together. */
async function isServersFault(error: unknown, payin: ToldPayin): Promise<boolean> {
  if (TIMED_OUT.test(String(error))) return true;
  if (/quiet in .* did not come/.test(String(error))) return true;
  if (!/TMPRL1100/.test(String(error))) return false;
  const runs = await allRuns(rig, payin.request_id, payin.runIds);
  return runs.some(({ events }) => mixesMessages(events));
}

async function standing(payin: ToldPayin): Promise<string> {
  const { status, settled_at: _at, history } = orderOf(payin) ?? {};
  const run = await payin.lookAtRuns();
  const state = run ? await rig.state(payin.request_id) : undefined;
  return `the order at Lesspay: ${status ?? 'none'} ${JSON.stringify(history ?? [])}
the pay-in, ${run?.status}: ${JSON.stringify(state, null, 1)}`;
}

function report(details: fc.RunDetails<[PayinEvent[]]>): string {
  const [events = []] = details.counterexample ?? [];
  const { errorInstance: error } = details;
  return `after ${details.numRuns} stories and ${details.numShrinks} steps to make the failing one smaller:
${events.map((event) => `  ${JSON.stringify(event)}`).join('\n')}

${error instanceof Error ? error.message : String(error)}

Tell this story again:
  npm run test:model -- --seed=${details.seed} --path=${details.counterexamplePath} --runs=1`;
}
