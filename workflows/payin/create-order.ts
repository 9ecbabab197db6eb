import { createOrder, type LesspayFailure, lesspayFailure, wasReset } from './activities';
import { askLesspay } from './ask-lesspay';
import { BackgroundActivity } from '../loop/background-activity';
import { historyIsLong } from '../loop/long-history';
import type { PayinRequest } from '../../payin/request';
import type { PayinRun } from './run';
import { waitUntil } from './wait-until';
import { addNotice } from '../../payin/journal';
import {
  credentialsRefused,
  mayBeOlder,
  mayHaveForgotten,
  orderCreated,
  orderRefused,
  takenByAnother,
} from '../../payin/answers';

const SECOND = 1_000;
const LONGEST_GAP = 60 * SECOND;
/** The pause after refused credentials, or a look-up without a usable answer: asking again soon does not help. */
const SLOW_GAP = 5 * 60 * SECOND;

/**
 * One step towards the order at Lesspay, which is never created twice (docs/design.md, rule 3). An attempt surely did not,
 * may have, or did take effect. After one that may have, the order is looked up before every other attempt, and adopted if
 * it exists. Creation is over when the order exists, was surely refused, or its lifetime ended. If that leaves a doubt,
 * the order is still looked up by the poll schedule.
 */
export async function tryToCreate(run: PayinRun): Promise<void> {
  const { facts } = run;
  if (Date.now() >= facts.expires_at) return lifetimeOver(run);
  if (facts.doubt_since !== undefined) {
    const asked = await askLesspay(run, 'look up: an earlier create-order may have taken effect');
    if (asked !== 'answered') return pause(run, SLOW_GAP, 'look up again, before any create-order');
    if (facts.creation_over) return;
  }
  if (!facts.request || Date.now() >= facts.expires_at) await lifetimeOver(run);
  else await attempt(run, facts.request);
}

async function attempt(run: PayinRun, request: PayinRequest): Promise<void> {
  const { facts } = run;
  const sent_at = Date.now();
  facts.create_attempts += 1;
  facts.attempted_at = sent_at;
  facts.hinted = false;
  const summary = `create-order, attempt ${facts.create_attempts}`;
  const activity = new BackgroundActivity(() => createOrder.executeWithOptions({ summary }, [request]));
  run.creating = true;
  await waitUntil(run, () => activity.ended);
  run.creating = false;
  try {
    orderCreated(facts, activity.result, Date.now());
  } catch (error) {
    const failure = lesspayFailure(error);
    // Meanwhile the run took over its order record, in which creation is over.
    if (facts.creation_over) return;
    const firstDoubt = (failure.effect !== 'did_not' || failure.after_reset) && facts.doubt_since === undefined;
    if (failure.after_reset) mayHaveForgotten(facts);
    else if (firstDoubt) facts.doubt_since = sent_at;
    weigh(run, failure);
    run.asks += 1;
    if (facts.creation_over || firstDoubt) return;
    await pause(run, failure.kind === 'credentials' ? SLOW_GAP : gapAfter(facts.create_attempts), failure.kind);
  }
}

/** What a failed attempt means for the pay-in. */
function weigh(run: PayinRun, { kind, message, lesspay_code, lesspay_message }: LesspayFailure): void {
  const inDoubt = run.facts.doubt_since !== undefined;
  const now = Date.now();
  addNotice(run.facts, 'create_failed', message, now);
  if (kind === 'credentials') credentialsRefused(run.facts, message, now);
  if (kind === 'duplicate' && inDoubt) mayBeOlder(run.facts);
  else if (kind === 'duplicate')
    takenByAnother(run.facts, 'Lesspay already has an order under this request_id that this pay-in did not make', now);
  if (kind === 'refused' || kind === 'invalid_request') {
    const code = lesspay_code === undefined ? {} : { code: lesspay_code };
    // In doubt, a refusal does not prove that there is no order: it is looked up to the end of the watch window.
    if (inDoubt) run.facts.creation_over = true;
    else orderRefused(run.facts, { ...code, message: lesspay_message ?? message }, now);
  }
}

async function lifetimeOver(run: PayinRun): Promise<void> {
  if (run.facts.doubt_since === undefined && (await wasReset('was this run reset?', run.payin.request_id)))
    mayHaveForgotten(run.facts);
  if (run.facts.doubt_since === undefined)
    orderRefused(run.facts, { message: "Lesspay could not be reached before the order's lifetime ended" }, Date.now());
  else run.facts.creation_over = true;
}

/** Waits until the next attempt is due, or a hint comes. */
async function pause(run: PayinRun, gap: number, why: string): Promise<void> {
  const { facts } = run;
  const now = Date.now();
  const left = Math.max(facts.expires_at - now, SECOND);
  const summary = `again soon, after attempt ${facts.create_attempts}: ${why.replace('_', ' ')}`;
  const isOver = () => run.facts.hinted || run.facts.creation_over || historyIsLong();
  await waitUntil(run, isOver, { at: now + Math.min(gap, left), summary });
}

const gapAfter = (attempts: number): number => Math.min(SECOND * 2 ** (attempts - 1), LONGEST_GAP);
