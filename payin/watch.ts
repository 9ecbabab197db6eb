import { isAboutAnswers, openAlerts } from './alerts';
import type { PayinFacts } from './facts';
import { isOutcome, mayBeLate } from './state';
import type { OpenClaim } from './webhook-claim';
import { nextPoll, watchUntil, type Lifetime, type Poll } from './poll-schedule';

/** How long a pay-in is watched, and when it is asked about next. Pure. */

/** Why the loop will ask, when nothing wakes it before. */
export interface Wait {
  readonly at: number;
  readonly poll?: Poll;
}

/** When to ask next if nothing comes before; undefined when only a hint should. */
export function nextWait(facts: PayinFacts, now: number, random: number): Wait | undefined {
  const { claims, claim_asks, poll_schedule, window_over, watching } = facts;
  const claimed = claims.length > 0;
  const gap = claimed ? poll_schedule.claim_ms[Math.max(claim_asks - 1, 0)] : undefined;
  const soon = earliest([...(gap === undefined ? [] : [now + gap]), ...turns(facts, now)]);
  const noNews = isOutcome(facts.payin.status) && !claimed;
  if (window_over || noNews) return soon ?? doesItAnswer(facts, now);
  // Not watching means: no polls but the window's last, and what a webhook claims is followed up all the same.
  const poll = watching || claimed ? pollAfter(facts, now, random) : lastPoll(facts);
  if (soon && (!poll || soon.at < poll.at)) return soon;
  return poll && { at: Math.max(poll.at, now), poll };
}

/** With an outcome nothing else asks; whether what kept Lesspay's answers from us is over is seen only so. */
function doesItAnswer(
  { payin: { status }, alerts, poll_schedule, watching }: PayinFacts,
  now: number,
): Wait | undefined {
  const isMade = isOutcome(status) && status !== 'REJECTED';
  return isMade && watching && openAlerts(alerts).some(isAboutAnswers)
    ? { at: now + poll_schedule.late_max_ms }
    : undefined;
}

/** When a claim that is not shown until then is given up, or a person's to clear up. */
export function patienceEnds({ payin, poll_schedule }: PayinFacts, { order_status = '', since }: OpenClaim): number {
  const { late_claim_ms, claim_patience_ms } = poll_schedule;
  return since + (mayBeLate(payin.status, order_status) ? late_claim_ms : claim_patience_ms);
}

/** Those instants that are still to come. */
const turns = (facts: PayinFacts, now: number): number[] =>
  facts.claims
    .filter(({ flagged }) => !flagged)
    .map((claim) => patienceEnds(facts, claim))
    .filter((at) => at > now);

const earliest = (instants: readonly number[]): Wait | undefined =>
  instants.length === 0 ? undefined : { at: Math.min(...instants) };

/** Undefined after the last poll of the window. */
export const pollAfter = (facts: PayinFacts, now: number, random: number): Poll | undefined =>
  nextPoll(facts.poll_schedule, lifetime(facts), facts.polled_for, now, random);

export const windowIsOver = (facts: PayinFacts, now: number): boolean =>
  facts.window_over || now >= watchUntil(facts.poll_schedule, lifetime(facts));

/** For a whole watch window from now on. */
export function watchAnew(facts: PayinFacts, now: number): void {
  facts.watched_since = now;
  facts.polled_for = now;
  facts.window_over = false;
}

/** Lesspay is asked next, unless the order is somebody else's. */
export function askSoon(facts: PayinFacts): void {
  if (!facts.taken) facts.hinted = true;
}

/** Nothing is left to ask Lesspay, and no person has anything left to do. */
export const isFinished = ({ payin, window_over, hinted, claims, alerts }: PayinFacts): boolean =>
  (isOutcome(payin.status) || window_over) && !hinted && claims.length === 0 && openAlerts(alerts).length === 0;

function lastPoll(facts: PayinFacts): Poll {
  const at = watchUntil(facts.poll_schedule, lifetime(facts));
  return { planned_at: at, at };
}

function lifetime({ watched_since, created_at, ordered_at = created_at, expires_at }: PayinFacts): Lifetime {
  return watched_since === undefined
    ? { ordered_at, expires_at }
    : { ordered_at: watched_since, expires_at: watched_since };
}
