import { notify, publishQuickly, recordDurably, type Ahead, type Batch, type Behind } from './activities';
import type { PayinWrite } from '../../records/payin-record';
import { loopGuard } from '../loop/loop-guard';
import {
  addNotice,
  eventsFor,
  eventsToNotify,
  isBehind,
  type Destination,
  DESTINATIONS,
  markHandedOver,
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

/** Applies what durable calls have brought, or makes a call. */
export async function publishOnce(run: PayinRun): Promise<void> {
  run.published_at = Date.now();
  // First, so that the search attributes are not behind what is published.
  show(run);
  const ended = DESTINATIONS.filter((to) => run.publishing.get(to)?.activity.ended);
  if (ended.length > 0) return ended.forEach((to) => applyResult(run, to));
  const { facts } = run;
  const write = isDue(run, 'recorded') ? writeOf(run) : undefined;
  const batch = isDue(run, 'notified') ? batchOf(run) : undefined;
  // If a workflow task is repeated, the run has forgotten its quick calls, and may number its events otherwise. The order
  // record would show that. If the record is not written, only an ordinary activity may hand over: it stays in the history.
  if (write || (batch && facts.recorded >= facts.last_event)) await quickly(run, write, batch);
  else if (batch) handOverDurably(run, batch);
  if (isDue(run, 'notified') && eventsToNotify(facts).length === 0) markPublished(facts, 'notified', facts.last_event);
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

/** Applies the result of the ordinary activity that has ended. If it failed, its events are published again. */
function applyResult(run: PayinRun, to: Destination): void {
  const publishing = run.publishing.get(to);
  run.publishing.delete(to);
  try {
    publishing?.applyResult();
  } catch (error) {
    addNotice(run.facts, `${to}_failed`, error instanceof Error ? error.message : String(error), Date.now());
  }
}

function writeOf(run: PayinRun): PayinWrite {
  // A copy: the durable call must write the same as the quick one.
  const facts = { ...run.facts };
  const { last_event, recorded, digest } = facts;
  return {
    payin: run.view(),
    ...(digest === undefined ? {} : { digest }),
    facts,
    last_event,
    recorded,
    events: eventsFor(facts, 'recorded'),
  };
}

/** What the merchant is to be notified of; undefined if that is nothing. */
function batchOf(run: PayinRun): ThisBatch | undefined {
  const { facts, overtakes } = run;
  const { last_event, handed_over } = facts;
  const events = eventsToNotify(facts);
  return events.length === 0
    ? undefined
    : { overtakes, content: { payin: run.view(), events, last_event, handed_over } };
}

interface ThisBatch {
  /** How often the run had taken over its order record. */
  readonly overtakes: number;
  readonly content: Batch;
}

/** One quick call for all that is due. After it, durable ones go on with what it could not do. */
async function quickly(run: PayinRun, write: PayinWrite | undefined, batch: ThisBatch | undefined): Promise<void> {
  const published = await publishQuickly({ ...(write ? { write } : {}), ...(batch ? { batch: batch.content } : {}) });
  if (!published) {
    if (write) writeDurably(run, write);
    if (batch) handOverDurably(run, batch);
    return;
  }
  const { ahead, behind } = published.result;
  if (write) afterWrite(run, write, ahead ?? null);
  if (batch && behind) await afterBatch(run, batch, behind);
}

function writeDurably(run: PayinRun, write: PayinWrite): void {
  const activity = recordDurably(write);
  run.publishing.set('recorded', { activity, applyResult: () => afterWrite(run, write, activity.result) });
}

/** @param ahead what the record holds instead, if the write was refused */
function afterWrite(
  run: PayinRun,
  { facts, last_event }: Pick<PayinWrite, 'facts' | 'last_event'>,
  ahead: Ahead | null,
): void {
  if (!ahead) return markPublished(run.facts, 'recorded', last_event);
  if (!wroteItself(facts, ahead.facts, ahead.last_event))
    return run.overtaken(ahead.facts, ahead.last_event, Date.now());
  markPublished(run.facts, 'recorded', ahead.last_event);
  // The answer of the notifications was lost with that of the write.
  const { notified, handed_over } = ahead.facts;
  if (notified > run.facts.notified) markPublished(run.facts, 'notified', notified);
  markHandedOver(run.facts, handed_over);
}

/** Has the notification workflows of the endpoints that are behind go on. From then on they get all events. */
async function afterBatch(run: PayinRun, batch: ThisBatch, behind: readonly Behind[]): Promise<void> {
  const endpoints = behind.map(({ endpoint }) => endpoint);
  markHandedOver(run.facts, endpoints);
  if (behind.length === 0 || (await notify.quickly({ ...batch.content, behind }))) notified(run, batch, endpoints);
  else handOverDurably(run, batch, behind);
}

/** @param behind all endpoints if undefined */
function handOverDurably(run: PayinRun, batch: ThisBatch, behind?: readonly Behind[]): void {
  const activity = notify.durably(HANDING_OVER, { ...batch.content, ...(behind ? { behind } : {}) });
  run.publishing.set('notified', { activity, applyResult: () => notified(run, batch, activity.result) });
}

/** @param handedOver the endpoints whose notification workflows have the events; the others have taken them */
function notified(run: PayinRun, { overtakes, content }: ThisBatch, handedOver: readonly string[]): void {
  const { facts } = run;
  const { last_event } = content;
  markHandedOver(facts, handedOver);
  if (run.overtakes === overtakes) markPublished(facts, 'notified', last_event);
  // Meanwhile the run took over its order record. The handed-over events are not in it; their numbers are not used again.
  else facts.last_event = Math.max(facts.last_event, last_event);
}
