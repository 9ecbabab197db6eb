import fc from 'fast-check';

/** What the outage test does, at random and as plain data: of one seed, always the same. Spans in ms. */

export interface PlannedPayin {
  /** After the one before. */
  readonly starts_after: number;
  readonly paid_after: number;
  readonly ending: Ending;
  /** After its outcome. */
  readonly refunded_after: number;
}

/** `refund`: paid, and given back later. */
export type Ending = 'pay' | 'decline' | 'cancel' | 'refund';

export interface PlannedOutage {
  /** The one before. */
  readonly begins_after: number;
  readonly lasts: number;
  /** Any number: which one of the ways to be down. */
  readonly way: number;
}

const ms = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

const payin: fc.Arbitrary<PlannedPayin> = fc.record({
  starts_after: ms(0, 160),
  paid_after: ms(100, 1_500),
  ending: fc.noBias(
    fc.oneof(
      { weight: 7, arbitrary: fc.constant<Ending>('pay') },
      { weight: 3, arbitrary: fc.constantFrom<Ending[]>('decline', 'cancel', 'refund') },
    ),
  ),
  refunded_after: ms(0, 1_500),
});

const outage: fc.Arbitrary<PlannedOutage> = fc.record({
  begins_after: ms(200, 1_200),
  lasts: ms(200, 2_500),
  way: ms(0, 1_000),
});

export const plannedPayins = (seed: number, count: number): PlannedPayin[] => some(payin, seed, count);

export const plannedOutages = (seed: number): PlannedOutage[] => some(outage, seed, 50);

const some = <T>(one: fc.Arbitrary<T>, seed: number, count: number): T[] =>
  fc.sample(fc.array(one, { minLength: count, maxLength: count, size: 'max' }), { seed, numRuns: 1 }).flat();
