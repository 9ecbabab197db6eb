import { isAboutAnswers, openAlerts } from './alerts';
import type { PayinFacts } from './facts';
import { isOutcome, mayBeLate } from './state';
import type { OpenClaim } from './webhook-claim';
import { nextPoll, watchUntil, type Lifetime, type Poll } from './poll-schedule';

/** How long a pay-in is watched, and when it is asked about next. Pure. */

/** When the loop asks Lesspay next, if no hint comes before; `poll` is set if the poll schedule is the reason. */
export interface Wait {
  readonly at: number;
  readonly poll?: Poll;
}

/** @returns undefined if only a hint makes the loop ask */
export function nextWait(facts: PayinFacts, now: number, random: number): Wait | undefined {
  const { claims, claim_asks, poll_schedule, window_over, watching } = facts;
  const claimed = claims.length > 0;
  const gap = claimed ? poll_schedule.claim_ms[Math.max(claim_asks - 1, 0)] : undefined;
  const soon = earliest([...(gap === undefined ? [] : [now + gap]), ...claimDeadlines(facts, now)]);
  const noNews = isOutcome(facts.payin.status) && !claimed;
  if (window_over || noNews) return soon ?? doesItAnswer(facts, now);
  // While watching is stopped, only the window's last poll is left; but an open claim is still asked about.
  const poll = watching || claimed ? pollAfter(facts, now, random) : lastPoll(facts);
  if (soon && (!poll || soon.at < poll.at)) return soon;
  return poll && { at: Math.max(poll.at, now), poll };
}

/** After an outcome there are no polls. But an alert about missing answers can end only if Lesspay is asked. */
function doesItAnswer(
  { payin: { status }, alerts, poll_schedule, watching }: PayinFacts,
  now: number,
): Wait | undefined {
  const isMade = isOutcome(status) && status !== 'REJECTED';
  return isMade && watching && openAlerts(alerts).some(isAboutAnswers)
    ? { at: now + poll_schedule.late_max_ms }
    : undefined;
}

/** When a claim that query-order has not shown is flagged, or given up if its webhook may merely be late. Epoch ms. */
export function patienceEnds({ payin, poll_schedule }: PayinFacts, { order_status = '', since }: OpenClaim): number {
  const { late_claim_ms, claim_patience_ms } = poll_schedule;
  return since + (mayBeLate(payin.status, order_status) ? late_claim_ms : claim_patience_ms);
}

/** The ends of patience that are still to come. */
const claimDeadlines = (facts: PayinFacts, now: number): number[] =>
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

/** Begins a new watch window now. */
export function watchAnew(facts: PayinFacts, now: number): void {
  facts.watched_since = now;
  facts.polled_for = now;
  facts.window_over = false;
}

/** Has the loop ask Lesspay now, unless the order is somebody else's. */
export function askSoon(facts: PayinFacts): void {
  if (!facts.taken) facts.hinted = true;
}

/** There is nothing more to ask Lesspay, and no alert is open. */
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
