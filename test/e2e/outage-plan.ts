import fc from 'fast-check';

/** What a run of the outage test does, at random and as plain data: of one seed, always the same. */
export interface OutagePlan {
  readonly payins: readonly PlannedPayin[];
  readonly outages: readonly PlannedOutage[];
}

/** All in ms. */
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
  /** ms of peace before it. */
  readonly begins_after: number;
  readonly lasts: number;
  /** Any number: which one of the ways to be down. */
  readonly way: number;
}

const ms = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));

const payin: fc.Arbitrary<PlannedPayin> = fc.record({
  starts_after: ms(0, 200),
  paid_after: ms(100, 2_500),
  ending: fc.oneof(
    { weight: 7, arbitrary: fc.constant('pay' as const) },
    { weight: 3, arbitrary: fc.constantFrom('decline' as const, 'cancel' as const, 'refund' as const) },
  ),
  refunded_after: ms(0, 1_500),
});

const outage: fc.Arbitrary<PlannedOutage> = fc.record({
  begins_after: ms(200, 1_200),
  lasts: ms(200, 2_500),
  way: ms(0, 1_000),
});

export function planOf(payins: number, seed: number): OutagePlan {
  const plan = fc.record({
    payins: fc.array(payin, { minLength: payins, maxLength: payins, size: 'max' }),
    outages: fc.array(outage, { minLength: 50, maxLength: 50, size: 'max' }),
  });
  const [planned] = fc.sample(plan, { seed, numRuns: 1 });
  if (!planned) throw new Error('fast-check gave no sample');
  return planned;
}
