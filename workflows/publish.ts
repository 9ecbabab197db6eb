import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { NotifyActivities } from '../activities/notify-activities';
import type { RecordActivities } from '../activities/record-activities';
import { isOwn, toldUpTo, waiting, type Told } from './outbox';
import { show } from './payin-display';
import { isNotified, type PayinEvent } from './payin-events';
import type { PayinRun } from './payin-run';
import { quickThenDurable } from './quick-then-durable';
import { nextWait } from './watch-window';

/**
 * Tells the order records and the merchant what happened, beside the loop: it waits for neither of them, and neither
 * waits for the other. Each is told in order; what can't be told is retried until it is.
 */

type Activities = RecordActivities & NotifyActivities;

const quick = proxyLocalActivities<Activities>({
  startToCloseTimeout: '500 milliseconds',
  retry: { maximumAttempts: 1 },
});
const durable = proxyActivities<Activities>({
  startToCloseTimeout: '15 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});
const record = quickThenDurable(quick.record, durable.record);
const notify = quickThenDurable(quick.notify, durable.notify);

/**
 * Starts telling what is not yet told, unless that is under way. While the loop is about to look at what has just come,
 * that is left to it: what it finds is told with it.
 */
export function publish(run: PayinRun): void {
  const loopIsNext = run.atRest && (run.facts.hinted || run.stirred);
  if (!run.loaded || run.rollingOver || loopIsNext || canWait(run) || !patched('publish')) return;
  run.publishes = true;
  run.published_at = Date.now();
  void tellAll(run, 'recorded', writeRecord);
  void tellAll(run, 'notified', handOver);
}

/** Floods bring nothing but hints: those that come within some seconds are told with whatever happens next, a poll at the latest. */
function canWait({ facts, published_at }: PayinRun): boolean {
  const now = Date.now();
  if (now - published_at >= HINTS_WAIT_MS || !waiting(facts, 'recorded').every(isHint)) return false;
  return nextWait(facts, now, 0) !== undefined;
}

const HINTS_WAIT_MS = 5_000;

const isHint = ({ kind, data: { action } }: PayinEvent): boolean =>
  kind === 'webhook' || (kind === 'operator' && action === 'wake');

/** Nothing is left to tell. */
export const isPublished = ({ publishes, telling, facts }: PayinRun): boolean =>
  !publishes || (telling.size === 0 && facts.recorded >= facts.told && facts.notified >= facts.told);

/** Gives up telling, before another run takes it up. A quick call is waited for: cancelled, it would break the replay. */
export async function stopPublishing({ telling }: PayinRun): Promise<void> {
  for (const { scope, isQuick } of telling.values()) if (!isQuick) scope.cancel();
  await condition(() => telling.size === 0);
}

/** One after the other, until one of the two has been told everything. */
async function tellAll(run: PayinRun, who: Told, send: (run: PayinRun, whenSlow: () => void) => Promise<void>) {
  if (run.telling.has(who) || run.facts[who] >= run.facts.told) return;
  const scope = new CancellationScope();
  const telling = { scope, isQuick: true };
  run.telling.set(who, telling);
  show(run);
  const whenSlow = () => {
    telling.isQuick = false;
    if (run.rollingOver) scope.cancel();
  };
  try {
    // Cancel in the UI is for the pay-in's polls.
    await CancellationScope.nonCancellable(() =>
      scope.run(async () => {
        while (run.facts[who] < run.facts.told && !run.rollingOver) {
          telling.isQuick = true;
          await send(run, whenSlow);
        }
      }),
    );
  } catch (error) {
    if (!isCancellation(error)) throw error;
  } finally {
    run.telling.delete(who);
    show(run);
    // What was told of in this very moment.
    if (run.facts[who] < run.facts.told) publish(run);
  }
}

async function writeRecord(run: PayinRun, whenSlow: () => void): Promise<void> {
  // As it is now: what a second try writes must be what the first one did.
  const facts = { ...run.facts };
  const { told: version, recorded: after, digest } = facts;
  const write = {
    payin: run.view(),
    ...(digest === undefined ? {} : { digest }),
    known: facts,
    version,
    after,
    events: waiting(facts, 'recorded'),
  };
  const ahead = await record('order record: not written yet, is the database down?', write, whenSlow);
  if (!ahead) toldUpTo(run.facts, 'recorded', version);
  else if (isOwn(facts, ahead.facts, ahead.version)) toldUpTo(run.facts, 'recorded', ahead.version);
  else run.overtaken(ahead.facts, ahead.version, Date.now());
}

async function handOver(run: PayinRun, whenSlow: () => void): Promise<void> {
  // What a quick call does is forgotten when its workflow task is done anew, which may then number its events otherwise.
  // The order record tells; where that can't, only what is in the history for good may be handed over.
  await condition(() => run.telling.get('recorded')?.isQuick !== true);
  const { facts, overtakes } = run;
  const { told, recorded } = facts;
  const events = waiting(facts, 'notified').filter(isNotified);
  const what = { payin: run.view(), events };
  if (events.length > 0 && recorded >= told) await notify(HANDING_OVER, what, whenSlow);
  else if (events.length > 0) {
    whenSlow();
    await durable.notify.executeWithOptions({ summary: HANDING_OVER }, [what]);
  }
  if (run.overtakes === overtakes) toldUpTo(run.facts, 'notified', told);
  // The numbers are those of what the record has replaced meanwhile: used up, and no more than that.
  else run.facts.told = Math.max(run.facts.told, told);
}

const HANDING_OVER = 'notifications: not handed over yet';
