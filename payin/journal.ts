import { ended, flagged, openAlerts, type Alert, type Flag } from './alerts';
import { isNotified, type PayinEvent } from './events';
import type { PayinFacts } from './facts';
import type { OperatorNote } from './operator-note';
import { rfc3339 } from './rfc3339';
import { isOutcome, type Payin, type Transition } from './state';

/**
 * What happens to a pay-in, written down: its status and alerts, and the numbered events that say so to the order record
 * (all of them) and to the merchant (those that concern it).
 */

const KEPT_NOTICES = 20;
const KEPT_AUDIT = 100;

/** So many events wait at most: a flood of webhooks must not make a run larger than Temporal takes. */
const MOST_WAITING = 300;

/** Who is told of events. Each is the name of the fact that says up to which number. */
export const RECIPIENTS = ['recorded', 'notified'] as const;
export type Recipient = (typeof RECIPIENTS)[number];

/** Adds an event under the next number. Where too many wait already, only one that the merchant is told of is added. */
export function addEvent(facts: PayinFacts, event: Omit<PayinEvent, 'number' | 'at'>, now: number): void {
  if (facts.outbox.length >= MOST_WAITING && !isNotified(event)) {
    facts.left_out += 1;
    return;
  }
  facts.last_event += 1;
  const data = facts.left_out === 0 ? event.data : { ...event.data, left_out_before: facts.left_out };
  facts.left_out = 0;
  facts.outbox = [...facts.outbox, { number: facts.last_event, at: rfc3339(now), ...event, data }];
}

export function addNotice(facts: PayinFacts, code: string, message: string, now: number): void {
  facts.notices = [...facts.notices, { code, message, at: now }].slice(-KEPT_NOTICES);
}

/** What a person did, and why. */
export function addAudit(facts: PayinFacts, action: string, { who, why }: OperatorNote, now: number): void {
  facts.audit = [...facts.audit, { action, who, why, at: now }].slice(-KEPT_AUDIT);
  addEvent(facts, { kind: 'operator', source: 'operator', data: { action, who, why } }, now);
}

/** @returns false where the same alert was raised before, and this one says nothing new */
export function raiseAlert(facts: PayinFacts, flag: Flag, now: number): boolean {
  const alerts = flagged(facts.alerts, flag, now);
  if (alerts === facts.alerts) return false;
  facts.alerts = alerts;
  addEvent(facts, { kind: 'alert', source: 'workflow', data: { ...flag } }, now);
  return true;
}

/** The conditions that these alerts tell of are over, without anybody's doing. */
export function endAlerts(facts: PayinFacts, which: (alert: Alert) => boolean, now: number): void {
  const over = openAlerts(facts.alerts).filter(which);
  if (over.length === 0) return;
  facts.alerts = ended(facts.alerts, which, now);
  for (const { code, message } of over)
    addEvent(facts, { kind: 'alert_over', source: 'workflow', data: { code, message } }, now);
}

/** Changes what the pay-in is. A changed status is an event; `source` says who stated it. */
export function moveTo(facts: PayinFacts, payin: Payin, source: PayinEvent['source'], now: number): void {
  const { status: from, pay_order_id: before } = facts.payin;
  const { status: to, pay_order_id } = payin;
  facts.payin = payin;
  if (from === to) return;
  const learned = pay_order_id === undefined || pay_order_id === before ? {} : { pay_order_id };
  addEvent(facts, { kind: 'transition', source, data: { from, to, ...learned } }, now);
  if (isOutcome(to)) endAlerts(facts, ({ code }) => code === 'unresolved', now);
}

/** @returns the alerts that it raises anew */
export function applyTransition(
  facts: PayinFacts,
  { payin, alerts }: Transition,
  source: PayinEvent['source'],
  now: number,
): readonly Flag[] {
  moveTo(facts, payin, source, now);
  return alerts.filter((flag) => raiseAlert(facts, flag, now));
}

/** The events that a recipient does not have yet. */
export const eventsFor = ({ outbox, ...facts }: PayinFacts, recipient: Recipient): PayinEvent[] =>
  outbox.filter(({ number }) => number > facts[recipient]);

/** The merchant asked for the pay-in, or an operator said that the order is the merchant's: then the merchant is told of it. */
export const isTheMerchants = ({ digest, adopted }: Pick<PayinFacts, 'digest' | 'adopted'>): boolean =>
  digest !== undefined || adopted;

/** Are there events that a recipient does not have yet? */
export const isBehind = (facts: PayinFacts, recipient: Recipient): boolean =>
  facts[recipient] < facts.last_event ||
  (recipient === 'notified' && isTheMerchants(facts) && facts.withheld.length > 0);

/** What the merchant is to be told now, in order. Empty for an order that is not the merchant's. */
export const eventsToNotify = (facts: PayinFacts): PayinEvent[] =>
  isTheMerchants(facts) ? [...facts.withheld, ...eventsFor(facts, 'notified').filter(isNotified)] : [];

/** A recipient has all events up to a number. Those that the merchant may not be told of yet are withheld. */
export function markTold(facts: PayinFacts, recipient: Recipient, number: number): void {
  if (recipient === 'notified') facts.withheld = isTheMerchants(facts) ? [] : withheldUpTo(facts, number);
  facts[recipient] = Math.max(facts[recipient], number);
  const both = Math.min(facts.recorded, facts.notified);
  facts.outbox = facts.outbox.filter((event) => event.number > both);
}

function withheldUpTo(facts: PayinFacts, until: number): PayinEvent[] {
  const passed = eventsFor(facts, 'notified').filter((event) => isNotified(event) && event.number <= until);
  return [...facts.withheld, ...passed].slice(-MOST_WAITING);
}

/**
 * The order record has `recorded`, up to the event `number`. Did a run with these facts write it, though it never heard
 * that it did? Always false for the record of a run that a *Reset* ended: this run may have forgotten an order it made.
 */
export function wroteItself(facts: PayinFacts, { outbox, begun_in }: PayinFacts, number: number): boolean {
  const theirs = new Map(outbox.map((event) => [event.number, event]));
  const ours = eventsFor(facts, 'recorded').filter((event) => event.number <= number);
  const since = [...theirs.keys()].filter((of) => of > facts.recorded);
  return (
    begun_in === facts.begun_in &&
    number <= facts.last_event &&
    ours.length === since.length &&
    ours.every((event) => {
      const other = theirs.get(event.number);
      return other?.kind === event.kind && sameData(other.data, event.data);
    })
  );
}

/** Instants are not compared: in a replay, what came while a local activity was under way has another instant. */
const sameData = (one: PayinEvent['data'], other: PayinEvent['data']): boolean => sorted(one) === sorted(other);

const sorted = (data: PayinEvent['data']): string =>
  JSON.stringify(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
