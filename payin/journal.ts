import { isNotified, type PayinEvent } from './events';
import type { PayinFacts } from './facts';
import { rfc3339 } from './rfc3339';

/**
 * What happened to a pay-in and is not yet told to everybody who is told: the order records of all of it, the merchant
 * of what concerns it. Pure.
 */

/** Who is told, and the fact that says how far. */
export const TOLD = ['recorded', 'notified'] as const;
export type Told = (typeof TOLD)[number];

/** So many wait at most while nobody can be told: a flood must not outgrow what a run can carry. */
const MOST_WAITING = 300;

/** Adds an event under the next number. One too many is only counted, unless the status changed. */
export function tell(facts: PayinFacts, event: Omit<PayinEvent, 'number' | 'at'>, now: number): void {
  if (facts.outbox.length >= MOST_WAITING && !isNotified(event)) {
    facts.left_out += 1;
    return;
  }
  facts.told += 1;
  const data = facts.left_out === 0 ? event.data : { ...event.data, left_out_before: facts.left_out };
  facts.left_out = 0;
  facts.outbox = [...facts.outbox, { number: facts.told, at: rfc3339(now), ...event, data }];
}

/** Those that one of them has not been told. */
export const waiting = ({ outbox, ...facts }: PayinFacts, who: Told): PayinEvent[] =>
  outbox.filter(({ number }) => number > facts[who]);

/** The merchant asked for it, or an operator said that it is the merchant's: then the merchant is told of it. */
export const isTheMerchants = ({ digest, adopted }: Pick<PayinFacts, 'digest' | 'adopted'>): boolean =>
  digest !== undefined || adopted;

/** Is somebody yet to be told something? */
export const lacks = (facts: PayinFacts, who: Told): boolean =>
  facts[who] < facts.told || (who === 'notified' && isTheMerchants(facts) && facts.withheld.length > 0);

/** What the merchant is to be told now, in order: nothing of an order that is not its own. */
export const toNotify = (facts: PayinFacts): PayinEvent[] =>
  isTheMerchants(facts) ? [...facts.withheld, ...waiting(facts, 'notified').filter(isNotified)] : [];

/** One of them was told everything up to a number; what the merchant may not know yet is kept for it. */
export function toldUpTo(facts: PayinFacts, who: Told, number: number): void {
  if (who === 'notified') facts.withheld = isTheMerchants(facts) ? [] : withheldUpTo(facts, number);
  facts[who] = Math.max(facts[who], number);
  const both = Math.min(facts.recorded, facts.notified);
  facts.outbox = facts.outbox.filter((event) => event.number > both);
}

const withheldUpTo = (facts: PayinFacts, until: number): PayinEvent[] => {
  const passed = waiting(facts, 'notified').filter((event) => isNotified(event) && event.number <= until);
  return [...facts.withheld, ...passed].slice(-MOST_WAITING);
};

/**
 * Is what is recorded up to a number what these facts tell, though they were never told that it is? Never what another
 * run has told that a Reset ended: this one may have forgotten an order that it made.
 */
export function isOwn(facts: PayinFacts, { outbox, begun_in }: PayinFacts, number: number): boolean {
  const theirs = new Map(outbox.map((event) => [event.number, event]));
  const ours = waiting(facts, 'recorded').filter((event) => event.number <= number);
  const since = [...theirs.keys()].filter((of) => of > facts.recorded);
  return (
    begun_in === facts.begun_in &&
    number <= facts.told &&
    ours.length === since.length &&
    ours.every((event) => {
      const other = theirs.get(event.number);
      return other?.kind === event.kind && sameData(other.data, event.data);
    })
  );
}

/** Not their instants: those of what came while a local activity was under way are others in a replay. */
const sameData = (one: PayinEvent['data'], other: PayinEvent['data']): boolean => sorted(one) === sorted(other);

const sorted = (data: PayinEvent['data']): string =>
  JSON.stringify(Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)));
