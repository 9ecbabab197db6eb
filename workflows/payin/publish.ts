import { notify, record, type Ahead } from './activities';
import type { PayinWrite } from '../../records/payin-record';
import { loopGuard } from '../loop/loop-guard';
import {
  addNotice,
  eventsFor,
  eventsToNotify,
  isBehind,
  type Destination,
  DESTINATIONS,
  markPublished,
  wroteItself,
} from '../../payin/journal';
import type { PayinEvent } from '../../payin/events';
import type { PayinFacts } from '../../payin/facts';
import { show } from './display';
import type { PayinRun } from './run';
import { nextWait } from '../../payin/watch';

/**
 * Publishes events: writes them to the order record, and hands them over to the merchant's notifications. The loop does
 * this between its other steps, by quick calls. If a quick call fails, an ordinary activity goes on beside the loop. The
 * loop does not wait for it, and neither of the two destinations waits for the other. Each gets its events in order.
 */

const RECORDING = 'order record: not written yet, is the database down?';
const HANDING_OVER = 'notifications: not handed over yet';

/** Are there events that no activity is publishing, or has one ended? */
export const canPublish = (run: PayinRun): boolean =>
  run.loaded && !run.continuing && DESTINATIONS.some((to) => isDue(run, to));

/** Publishes all events, or leaves them to ordinary activities. */
export async function publish(run: PayinRun): Promise<void> {
  const guard = loopGuard();
  while (canPublish(run)) {
    guard();
    await publishOnce(run);
  }
}

/** Makes at most one call for each destination. */
export async function publishOnce(run: PayinRun): Promise<void> {
  run.published_at = Date.now();
  // First, so that the search attributes are not behind what is published.
  show(run);
  if (isDue(run, 'recorded')) await (applyResult(run, 'recorded') ?? writeRecord(run));
  if (isDue(run, 'notified')) await (applyResult(run, 'notified') ?? handOver(run));
}

/** Are all events published? */
export const isPublished = ({ publishing, facts }: PayinRun): boolean =>
  publishing.size === 0 && !DESTINATIONS.some((to) => isBehind(facts, to));

/** Cancels the activities that publish: the next run publishes what is missing. */
export function stopPublishing({ publishing }: PayinRun): void {
  for (const { activity } of publishing.values()) activity.cancel();
}

/** Has every activity that publishes ended? */
export const hasStoppedPublishing = ({ publishing }: PayinRun): boolean =>
  [...publishing.values()].every(({ activity }) => activity.ended);

/** Is there a call to make for this destination, or an activity that has ended? */
function isDue(run: PayinRun, to: Destination): boolean {
  const publishing = run.publishing.get(to);
  if (publishing) return publishing.activity.ended;
  return isBehind(run.facts, to) && !canWait(run, to) && !(to === 'notified' && mayBeItsOwn(run.facts));
}

/**
 * Lesspay has refused a second order under this request_id. The first one may be this pay-in's own, which Temporal has
 * forgotten. The first write of the order record shows whether it is: the merchant is notified only after that.
 */
const mayBeItsOwn = ({ taken, recorded }: PayinFacts): boolean => taken && recorded === 0;

/**
 * A flood of webhooks must not cause a write for each. Within some seconds after the last write, events that only say that
 * a webhook came wait for the next other event, or the next time Lesspay is asked.
 */
function canWait({ facts, published_at }: PayinRun, to: Destination): boolean {
  const now = Date.now();
  const isNews = to === 'notified' ? eventsToNotify(facts).length > 0 : !eventsFor(facts, to).every(isHint);
  if (isNews || now - published_at >= HINTS_WAIT_MS) return false;
  return nextWait(facts, now, 0) !== undefined;
}

const HINTS_WAIT_MS = 5_000;

const isHint = ({ kind }: PayinEvent): boolean => kind === 'webhook';

/**
 * Applies the result of the ordinary activity that has ended. If it failed, its events are published again.
 * @returns undefined if there is no such activity
 */
function applyResult(run: PayinRun, to: Destination): Promise<void> | undefined {
  const publishing = run.publishing.get(to);
  if (!publishing) return undefined;
  run.publishing.delete(to);
  try {
    publishing.applyResult();
  } catch (error) {
    addNotice(run.facts, `${to}_failed`, error instanceof Error ? error.message : String(error), Date.now());
  }
  return Promise.resolve();
}

async function writeRecord(run: PayinRun): Promise<void> {
  // A copy: the durable call must write the same as the quick one.
  const facts = { ...run.facts };
  const { last_event, recorded, digest } = facts;
  const write = {
    payin: run.view(),
    ...(digest === undefined ? {} : { digest }),
    facts,
    last_event,
    recorded,
    events: eventsFor(facts, 'recorded'),
  };
  const written = await record.quickly(write);
  if (written) return afterWrite(run, write, written.result);
  const activity = record.durably(RECORDING, write);
  run.publishing.set('recorded', { activity, applyResult: () => afterWrite(run, write, activity.result) });
}

/** @param ahead what the record holds instead, if the write was refused */
function afterWrite(
  run: PayinRun,
  { facts, last_event }: Pick<PayinWrite, 'facts' | 'last_event'>,
  ahead: Ahead | null,
): void {
  if (!ahead) markPublished(run.facts, 'recorded', last_event);
  else if (wroteItself(facts, ahead.facts, ahead.last_event)) markPublished(run.facts, 'recorded', ahead.last_event);
  else run.overtaken(ahead.facts, ahead.last_event, Date.now());
}

async function handOver(run: PayinRun): Promise<void> {
  const { facts, overtakes } = run;
  const { last_event, recorded } = facts;
  const events = eventsToNotify(facts);
  const done = (_nothing?: void) => handedOver(run, last_event, overtakes);
  if (events.length === 0) return done();
  const what = { payin: run.view(), events };
  // If a workflow task is repeated, the run has forgotten its quick calls, and may number its events otherwise. The order
  // record would show that. If the record is not written, only an ordinary activity may hand over: it stays in the history.
  if (recorded >= last_event && (await notify.quickly(what))) return done();
  const activity = notify.durably(HANDING_OVER, what);
  run.publishing.set('notified', { activity, applyResult: () => done(activity.result) });
}

function handedOver(run: PayinRun, last_event: number, overtakes: number): void {
  if (run.overtakes === overtakes) markPublished(run.facts, 'notified', last_event);
  // Meanwhile the run took over its order record. The handed-over events are not in it; their numbers are not used again.
  else run.facts.last_event = Math.max(run.facts.last_event, last_event);
}
