import type { PayinFacts } from './facts';
import { isPayable } from './state';

/** What the payer must do next. */
export type NextStep =
  /** Send the payer to this page. */
  | { readonly type: 'redirect'; readonly url: string }
  /** Show this account to pay into: names and values as Lesspay states them. */
  | { readonly type: 'bank_transfer'; readonly details: Readonly<Record<string, string>> }
  /** Show a QR code with this text, and the text to copy. */
  | { readonly type: 'qr_code'; readonly text: string }
  /** Draw the card form with a session. Its token and secret are sealed (`client/sealed.ts`); no public answer has `sealed`. */
  | { readonly type: 'payment_session'; readonly sealed?: string }
  /** Nothing: the payer need not act. */
  | { readonly type: 'none' };

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

/** The step without secrets. */
export const publicStep = (step: NextStep): NextStep => (step.type === 'payment_session' ? { type: step.type } : step);
