import { notify, record, type Ahead } from './activities';
import type { PayinWrite } from '../../records/payin-record';
import { loopGuard } from '../loop/loop-guard';
import {
  addNotice,
  eventsFor,
  eventsToNotify,
  isBehind,
  markTold,
  type Recipient,
  RECIPIENTS,
  wroteItself,
} from '../../payin/journal';
import type { PayinEvent } from '../../payin/events';
import type { PayinFacts } from '../../payin/facts';
import { show } from './display';
import type { PayinRun } from './run';
import { nextWait } from '../../payin/watch';

/**
 * Tells the order records and the merchant what happened. The loop does it between its other steps, by quick calls. Where
 * one of the two can't be told so, an ordinary activity goes on trying beside the loop, which waits for neither of them;
 * and neither of them waits for the other. Each is told in order.
 */

const RECORDING = 'order record: not written yet, is the database down?';
const HANDING_OVER = 'notifications: not handed over yet';

/** Is there something to tell that nobody is telling, or has somebody ended? */
export const canTell = (run: PayinRun): boolean =>
  run.loaded && !run.continuing && RECIPIENTS.some((who) => isDue(run, who));

/** Tells what there is, until it is told or left to an ordinary activity. */
export async function publish(run: PayinRun): Promise<void> {
  const guard = loopGuard();
  while (canTell(run)) {
    guard();
    await tellNext(run);
  }
}

/** Tells each of the two once. */
export async function tellNext(run: PayinRun): Promise<void> {
  run.published_at = Date.now();
  // Whoever looks at the search attributes is not behind those who are told.
  show(run);
  if (isDue(run, 'recorded')) await (takeUp(run, 'recorded') ?? writeRecord(run));
  if (isDue(run, 'notified')) await (takeUp(run, 'notified') ?? handOver(run));
}

/** Nothing is left to tell. */
export const isPublished = ({ telling, facts }: PayinRun): boolean =>
  telling.size === 0 && !RECIPIENTS.some((who) => isBehind(facts, who));

/** Gives up telling, before another run takes it up. */
export function stopPublishing({ telling }: PayinRun): void {
  for (const { errand } of telling.values()) errand.cancel();
}

/** True once nobody is told anything any more. */
export const hasStoppedPublishing = ({ telling }: PayinRun): boolean =>
  [...telling.values()].every(({ errand }) => errand.ended);

function isDue(run: PayinRun, who: Recipient): boolean {
  const telling = run.telling.get(who);
  if (telling) return telling.errand.ended;
  return isBehind(run.facts, who) && !canWait(run, who) && !(who === 'notified' && mayBeItsOwn(run.facts));
}

/**
 * Lesspay has refused a second order under this request_id, and the order records have not said yet whether the first one
 * is this pay-in's own, which Temporal has forgotten. The merchant is told once they have.
 */
const mayBeItsOwn = ({ taken, recorded }: PayinFacts): boolean => taken && recorded === 0;

/** Floods bring nothing but hints: those that come within some seconds are told with whatever happens next, a poll at the latest. */
function canWait({ facts, published_at }: PayinRun, who: Recipient): boolean {
  const now = Date.now();
  const isNews = who === 'notified' ? eventsToNotify(facts).length > 0 : !eventsFor(facts, who).every(isHint);
  if (isNews || now - published_at >= HINTS_WAIT_MS) return false;
  return nextWait(facts, now, 0) !== undefined;
}

const HINTS_WAIT_MS = 5_000;

const isHint = ({ kind }: PayinEvent): boolean => kind === 'webhook';

/** Takes up what an ordinary activity has done; undefined where there is none. One that an operator ended is begun anew. */
function takeUp(run: PayinRun, who: Recipient): Promise<void> | undefined {
  const telling = run.telling.get(who);
  if (!telling) return undefined;
  run.telling.delete(who);
  try {
    telling.takeUp();
  } catch (error) {
    addNotice(run.facts, `${who}_failed`, error instanceof Error ? error.message : String(error), Date.now());
  }
  return Promise.resolve();
}

async function writeRecord(run: PayinRun): Promise<void> {
  // As it is now: what a second try writes must be what the first one did.
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
  const errand = record.durably(RECORDING, write);
  run.telling.set('recorded', { errand, takeUp: () => afterWrite(run, write, errand.result) });
}

function afterWrite(
  run: PayinRun,
  { facts, last_event }: Pick<PayinWrite, 'facts' | 'last_event'>,
  ahead: Ahead | null,
): void {
  if (!ahead) markTold(run.facts, 'recorded', last_event);
  else if (wroteItself(facts, ahead.facts, ahead.last_event)) markTold(run.facts, 'recorded', ahead.last_event);
  else run.overtaken(ahead.facts, ahead.last_event, Date.now());
}

async function handOver(run: PayinRun): Promise<void> {
  const { facts, overtakes } = run;
  const { last_event, recorded } = facts;
  const events = eventsToNotify(facts);
  const done = (_nothing?: void) => handedOver(run, last_event, overtakes);
  if (events.length === 0) return done();
  const what = { payin: run.view(), events };
  // What a quick call does is forgotten when its workflow task is done anew, which may then number its events otherwise.
  // The order record tells; where that can't, only what is in the history for good may be handed over.
  if (recorded >= last_event && (await notify.quickly(what))) return done();
  const errand = notify.durably(HANDING_OVER, what);
  run.telling.set('notified', { errand, takeUp: () => done(errand.result) });
}

function handedOver(run: PayinRun, last_event: number, overtakes: number): void {
  if (run.overtakes === overtakes) markTold(run.facts, 'notified', last_event);
  // The numbers are those of what the record has replaced meanwhile: used up, and no more than that.
  else run.facts.last_event = Math.max(run.facts.last_event, last_event);
}
