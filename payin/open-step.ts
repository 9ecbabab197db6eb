import type { PayinFacts } from './facts';
import type { NextStep } from './next-step';
import { isPayable } from './state';

type Known = Pick<PayinFacts, 'checkout_url' | 'next_step' | 'request'>;

/** @returns undefined if it was lost with the answer that held it */
export function knownStep({ checkout_url, next_step, request }: Known): NextStep | undefined {
  if (next_step) return next_step;
  if (checkout_url !== undefined) return { type: 'redirect', url: checkout_url };
  return request?.terms?.shows === 'none' ? { type: 'none' } : undefined;
}

/**
 * Is it not yet known in which unit Lesspay took the amount? Then the payer must not pay yet: a wrong unit is a factor of 100.
 */
export const isUnitOpen = ({ unit_unproved, payin }: Pick<PayinFacts, 'unit_unproved' | 'payin'>): boolean =>
  unit_unproved === true && isPayable(payin.status);

/** What the payer can do now: only while the order can be paid, and its amount is right. */
export const openStep = (facts: PayinFacts): NextStep | undefined =>
  isPayable(facts.payin.status) && !facts.unit_wrong && !isUnitOpen(facts) ? knownStep(facts) : undefined;
