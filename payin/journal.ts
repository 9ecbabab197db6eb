import { ended, flagged, openAlerts, type Alert, type Flag } from './alerts';
import { isNotified, type PayinEvent } from './events';
import type { PayinFacts } from './facts';
import type { OperatorNote } from './operator-note';
import { rfc3339 } from './rfc3339';
import { sortedMembers } from './sorted-members';
import { cardEvent } from './stored-card';
import { isOutcome, type Payin, type Transition } from './state';

/**
 * Changes a pay-in's status and alerts, and adds a numbered event for each change. The order record gets all events, the
 * merchant is notified of some (`isNotified`).
 */

const KEPT_NOTICES = 20;
const KEPT_AUDIT = 100;

/** From this many events on the outbox is full: a flood of webhooks must not make a run too large for Temporal. */
const MOST_WAITING = 300;

/**
 * Where events go: to the order record and to the merchant's notifications. Each is named like the fact that holds the
 * number of the last event that went there.
 */
export const DESTINATIONS = ['recorded', 'notified'] as const;
export type Destination = (typeof DESTINATIONS)[number];

/** Adds an event under the next number. If the outbox is full, it takes only events that the merchant is notified of. */
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

/** Adds what a person did, and why, to the audit trail. */
export function addAudit(facts: PayinFacts, action: string, { who, why }: OperatorNote, now: number): void {
  facts.audit = [...facts.audit, { action, who, why, at: now }].slice(-KEPT_AUDIT);
  addEvent(facts, { kind: 'operator', source: 'operator', data: { action, who, why } }, now);
}

/** @returns false if the flag says nothing new */
export function raiseAlert(facts: PayinFacts, flag: Flag, now: number): boolean {
  const alerts = flagged(facts.alerts, flag, now);
  if (alerts === facts.alerts) return false;
  facts.alerts = alerts;
  addEvent(facts, { kind: 'alert', source: 'workflow', data: { ...flag } }, now);
  return true;
}

/** Ends the open alerts that `which` selects: their condition ended without a person. */
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
  offerCard(facts, now);
}

/**
 * Offers a stored card once the order is paid: query-order has shown that, or a person has decided it. Before that, only
 * a webhook speaks of the card, and it may belong to an attempt that was declined.
 */
export function offerCard(facts: PayinFacts, now: number): void {
  const { stored_card, payin } = facts;
  if (!stored_card || stored_card.offered || payin.status !== 'SUCCEED') return;
  facts.stored_card = { ...stored_card, offered: true };
  addEvent(facts, { kind: 'card_stored', source: 'lesspay', data: cardEvent(stored_card) }, now);
}

/** @returns the flags that raised a new alert */
export function applyTransition(
  facts: PayinFacts,
  { payin, alerts }: Transition,
  source: PayinEvent['source'],
  now: number,
): readonly Flag[] {
  moveTo(facts, payin, source, now);
  return alerts.filter((flag) => raiseAlert(facts, flag, now));
}

/** The events that a destination does not have yet. */
export const eventsFor = ({ outbox, ...facts }: PayinFacts, destination: Destination): PayinEvent[] =>
  outbox.filter(({ number }) => number > facts[destination]);

/** Is the merchant notified? It is if it asked for the pay-in, or an operator said that the order is the merchant's. */
export const isTheMerchants = ({ digest, adopted }: Pick<PayinFacts, 'digest' | 'adopted'>): boolean =>
  digest !== undefined || adopted;

/** Are there events that a destination does not have yet? */
export const isBehind = (facts: PayinFacts, destination: Destination): boolean =>
  facts[destination] < facts.last_event ||
  (destination === 'notified' && isTheMerchants(facts) && facts.withheld.length > 0);

/** The events to notify the merchant of now, in order. Empty for an order that is not the merchant's. */
export const eventsToNotify = (facts: PayinFacts): PayinEvent[] =>
  isTheMerchants(facts) ? [...facts.withheld, ...eventsFor(facts, 'notified').filter(isNotified)] : [];

/**
 * A destination has all events up to a number. Events of an order that is not known to be the merchant's are withheld
 * instead of notified.
 */
export function markPublished(facts: PayinFacts, destination: Destination, number: number): void {
  if (destination === 'notified') facts.withheld = isTheMerchants(facts) ? [] : withheldUpTo(facts, number);
  facts[destination] = Math.max(facts[destination], number);
  const both = Math.min(facts.recorded, facts.notified);
  facts.outbox = facts.outbox.filter((event) => event.number > both);
}

/** From now on, events for these endpoints go to their notification workflows: so each gets its events in order. */
export function markHandedOver(facts: PayinFacts, endpoints: readonly string[]): void {
  const more = endpoints.filter((endpoint) => !facts.handed_over.includes(endpoint));
  if (more.length > 0) facts.handed_over = [...facts.handed_over, ...more];
}

function withheldUpTo(facts: PayinFacts, until: number): PayinEvent[] {
  const passed = eventsFor(facts, 'notified').filter((event) => isNotified(event) && event.number <= until);
  return [...facts.withheld, ...passed].slice(-MOST_WAITING);
}

/**
 * Did this run write the order record itself, though the answer to that write was lost? It did if both have the same
 * events. Always false if a *Reset* ended the run that wrote: this run may have forgotten an order.
 * @param facts this run's
 * @param recorded the record's facts, of which `outbox` and `begun_in` are used
 * @param number the number of the record's last event
 */
export function wroteItself(facts: PayinFacts, recorded: PayinFacts, number: number): boolean {
  const { outbox, begun_in } = recorded;
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

/** Times are not compared: in a replay, a message that came during a local activity gets another time. */
const sameData = (one: PayinEvent['data'], other: PayinEvent['data']): boolean => content(one) === content(other);

const content = (data: PayinEvent['data']): string => JSON.stringify(sortedMembers(data));
