import type { Alert } from './alerts';
import { weighClaim } from './claims';
import type { AuditEntry, PayinFacts } from './facts';
import { addAudit, addEvent, addNotice, raiseAlert } from './journal';
import type { PollSchedule } from './poll-schedule';
import type { PayinRequest } from './request';
import { isOutcome } from './state';
import { askSoon, watchAnew } from './watch';
import type { WebhookClaim } from './webhook-claim';

/** What a run knows at its start: from the merchant, from the run before it, or from the order record. */

/** What a merchant starts a pay-in with. */
export interface StartedWith {
  readonly request: PayinRequest;
  /** SHA-256 of the normalised request, lower-case hex: tells the same request from another under the same id. */
  readonly digest: string;
  readonly poll_schedule: PollSchedule;
}

/** What is known when the merchant starts a pay-in. */
export function firstFacts({ request, digest, poll_schedule }: StartedWith, now: number): PayinFacts {
  const { request_id, amount, currency, expires_in } = request;
  const facts: PayinFacts = {
    ...nothingKnown(request_id, poll_schedule, now),
    payin: { request_id, amount, currency, status: 'CREATING' },
    request,
    digest,
    expires_at: now + expires_in * 1_000,
    creation_over: false,
    any_age: false,
    last_event: 0,
    recorded: 0,
    notified: 0,
  };
  addEvent(facts, { kind: 'started', source: 'merchant', data: { amount, currency } }, now);
  return facts;
}

/**
 * What is known of an order that nobody but Lesspay knows. Its events are numbered from the minute on, since 1970: above
 * all that may have been told of it and forgotten, so that no notification is taken for one of then.
 */
export function nothingKnown(request_id: string, poll_schedule: PollSchedule, now: number): PayinFacts {
  const last_event = Math.floor(now / 60_000);
  return {
    payin: { request_id, status: 'CREATING' },
    poll_schedule,
    created_at: now,
    expires_at: now,
    create_attempts: 0,
    creation_over: true,
    any_age: true,
    taken: false,
    adopted: false,
    decided_over: [],
    hinted: false,
    woken: false,
    watching: true,
    window_over: false,
    polls: 0,
    polled_for: now,
    claims: [],
    claim_asks: 0,
    digests: [],
    alerts: [],
    notices: [],
    audit: [],
    last_event,
    recorded: last_event,
    notified: last_event,
    outbox: [],
    withheld: [],
    left_out: 0,
  };
}

/**
 * What a resumed run goes on from. It never creates: a pay-in whose creation was under way is in doubt from its start
 * to now, and looked up.
 */
function resumedFacts(known: PayinFacts, now: number): PayinFacts {
  const facts = { ...known, creation_over: true };
  if (known.payin.status !== 'CREATING' || known.ordered_at !== undefined) return facts;
  const { doubt_since = known.created_at, expires_at } = known;
  // The last attempt was made before its lifetime ended.
  return { ...facts, doubt_since, attempted_at: Math.min(now, expires_at), hinted: true };
}

/** What the runs before this one knew; no facts where nobody knows anything. */
export interface LastKnown {
  readonly facts?: PayinFacts;
  /** The run whose later knowledge could not be read. */
  readonly unread_run_id?: string;
}

/** A resumed run goes on from all that a run before it knew, or from nothing. */
export function resumeFrom(facts: PayinFacts, { facts: known, unread_run_id }: LastKnown, now: number): void {
  // A run that failed because it bore a stranger's id knows of that stranger's pay-in.
  if (known?.payin.request_id === facts.payin.request_id) {
    replaceFacts(facts, resumedFacts({ ...facts, ...known }, now));
    addEvent(facts, { kind: 'resumed', source: 'workflow', data: {} }, now);
    addNotice(facts, 'resumed', 'no run was running: this one goes on from what the last one knew', now);
  } else {
    const message = 'a message came for an order of which no pay-in is known';
    raiseAlert(facts, { code: 'unknown_order', message }, now);
    watchAnew(facts, now);
    askSoon(facts);
  }
  if (unread_run_id !== undefined) {
    const message = `what the run ${unread_run_id} knew at its end can't be read`;
    raiseAlert(facts, { code: 'history_unreadable', message }, now);
    askSoon(facts);
  }
}

/**
 * The order record knows what this run does not: it was reset, or its last step is done anew, or it was started where
 * the pay-in was forgotten. It goes on from the record, with what it alone was told.
 * @param last_event the number of the record's last event
 * @param received the webhooks that this run received
 */
export function overtakenBy(
  facts: PayinFacts,
  recorded: PayinFacts,
  last_event: number,
  received: readonly WebhookClaim[],
  now: number,
): void {
  const { payin, audit, claims, alerts, notified, checkout_url, creation_over, hinted, woken } = facts;
  const nothing = nothingKnown(payin.request_id, recorded.poll_schedule, now);
  replaceFacts(facts, resumedFacts({ ...nothing, ...recorded, recorded: last_event }, now));
  // No number under which the merchant was told something is given once more.
  facts.last_event = Math.max(facts.last_event, notified);
  // Where neither run's creation is over it goes on, in doubt: looked up before each attempt.
  facts.creation_over = recorded.creation_over || creation_over;
  if (checkout_url !== undefined) facts.checkout_url ??= checkout_url;
  addNotice(facts, 'overtaken', 'the order record knew more than this run, which goes on from there', now);
  const isKnown = (entry: AuditEntry) =>
    recorded.audit.some(({ action, who, why }) => entry.action === action && entry.who === who && entry.why === why);
  for (const entry of audit) if (!isKnown(entry)) addAudit(facts, entry.action, entry, now);
  const claimed = claims.map(({ since: _since, flagged: _flagged, ...claim }) => claim);
  for (const claim of [...claimed, ...received]) weighClaim(facts, claim, now);
  const isFlagged = (alert: Alert) =>
    recorded.alerts.some(({ code, message }) => alert.code === code && alert.message === message);
  for (const alert of alerts)
    if (alert.code === 'dispute_received' && !isFlagged(alert))
      raiseAlert(facts, { code: alert.code, message: alert.message }, now);
  facts.woken ||= woken;
  if (hinted || !isOutcome(facts.payin.status)) askSoon(facts);
}

/** In place: a step that waits for Lesspay meanwhile holds these facts. */
function replaceFacts(facts: PayinFacts, others: PayinFacts): void {
  for (const name of Object.keys(facts)) if (!(name in others)) Reflect.deleteProperty(facts, name);
  Object.assign(facts, others);
}
