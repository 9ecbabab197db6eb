import type { Alert, Flag } from './alerts';
import { weighClaim } from './claims';
import type { AuditEntry, PayinFacts } from './facts';
import { addAudit, addEvent, addNotice, markHandedOver, offerCard, raiseAlert } from './journal';
import type { PollSchedule } from './poll-schedule';
import type { PayinRequest } from './request';
import { isOutcome } from './state';
import { askSoon, watchAnew } from './watch';
import type { WebhookClaim } from './webhook-claim';

/** What a run knows at its start: from the merchant, from the run before it, or from the order record. */

/** What a merchant starts a pay-in with. */
export interface StartedWith {
  readonly request: PayinRequest;
  /** SHA-256 of the normalised request, lower-case hex: a repeated request has the same, a different one another. */
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
 * What is known of an order that only Lesspay knows. Its events are numbered from the number of minutes since 1970: above
 * every number that a forgotten run may have used, so that no new notification is taken for an old one.
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
    handed_over: [],
    outbox: [],
    withheld: [],
    left_out: 0,
  };
}

/**
 * The facts that a resumed run starts with. It never creates an order. If the last run was still creating one, the order
 * may have been made at any time since the pay-in's start, and is looked up.
 */
function resumedFacts(known: PayinFacts, now: number): PayinFacts {
  const facts = { ...known, creation_over: true };
  if (known.payin.status !== 'CREATING' || known.ordered_at !== undefined) return facts;
  const { doubt_since = known.created_at, expires_at } = known;
  // The last attempt was made before its lifetime ended.
  return { ...facts, doubt_since, attempted_at: Math.min(now, expires_at), hinted: true };
}

/** What earlier runs knew; `facts` is absent if nothing is known. */
export interface LastKnown {
  readonly facts?: PayinFacts;
  /** A run whose last facts could not be read. */
  readonly unread_run_id?: string;
}

/** Starts a resumed run with all that earlier runs knew, or with nothing. */
export function resumeFrom(facts: PayinFacts, { facts: known, unread_run_id }: LastKnown, now: number): void {
  // The last run may have failed because it ran under the wrong workflow id: then its facts are another pay-in's.
  if (known?.payin.request_id === facts.payin.request_id) {
    replaceFacts(facts, resumedFacts({ ...facts, ...known }, now));
    addEvent(facts, { kind: 'resumed', source: 'workflow', data: {} }, now);
    addNotice(facts, 'resumed', 'no run was open: this one goes on from what the last one knew', now);
  } else {
    const message = 'a message named an order, but no pay-in is known for it';
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
 * The order record knows what this run does not: the run was reset, its last step is repeated, or it was started after
 * Temporal had forgotten the pay-in. It goes on from the record, and adds what only this run received.
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
  const { payin, audit, claims, alerts, notified, handed_over, checkout_url, creation_over, hinted, woken } = facts;
  const { stored_card } = facts;
  const nothing = nothingKnown(payin.request_id, recorded.poll_schedule, now);
  replaceFacts(facts, resumedFacts({ ...nothing, ...recorded, recorded: last_event }, now));
  // A number that was used for a notification is not used again.
  facts.last_event = Math.max(facts.last_event, notified);
  markHandedOver(facts, handed_over);
  // If creation is over in neither, it goes on in doubt: with a look-up before each attempt.
  facts.creation_over = recorded.creation_over || creation_over;
  if (checkout_url !== undefined) facts.checkout_url ??= checkout_url;
  if (stored_card && !facts.stored_card) {
    const { offered: _told, ...card } = stored_card;
    facts.stored_card = card;
    offerCard(facts, now);
  }
  addNotice(facts, 'overtaken', 'the order record knew more than this run: it goes on from the record', now);
  const isKnown = (entry: AuditEntry) =>
    recorded.audit.some(({ action, who, why }) => entry.action === action && entry.who === who && entry.why === why);
  for (const entry of audit) if (!isKnown(entry)) addAudit(facts, entry.action, entry, now);
  const claimed = claims.map(({ since: _since, flagged: _flagged, ...claim }) => claim);
  for (const claim of [...claimed, ...received]) weighClaim(facts, claim, now);
  const isFlagged = (alert: Alert) =>
    recorded.alerts.some(({ code, message }) => alert.code === code && alert.message === message);
  for (const alert of alerts)
    if (alert.code === 'dispute_received' && !isFlagged(alert)) raiseAlert(facts, flagOf(alert), now);
  facts.woken ||= woken;
  if (hinted || !isOutcome(facts.payin.status)) askSoon(facts);
}

const flagOf = ({ code, message, answer_by }: Alert): Flag => ({
  code,
  message,
  ...(answer_by === undefined ? {} : { answer_by }),
});

/** Changes the object in place: a step that is waiting for Lesspay holds it, too. */
function replaceFacts(facts: PayinFacts, others: PayinFacts): void {
  for (const name of Object.keys(facts)) if (!(name in others)) Reflect.deleteProperty(facts, name);
  Object.assign(facts, others);
}
