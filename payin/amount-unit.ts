import { sameDecimal, shifted } from './decimal';
import type { PayinRequest } from './request';

/** The amount and currency that Lesspay states. */
interface Stated {
  readonly amount?: string;
  readonly currency?: string;
}

/** Says that an amount fits only if Lesspay took, or states, it in another unit than it was sent in. */
export interface InOtherUnit {
  readonly other_unit?: true;
}

/**
 * Reads an amount that Lesspay states in both units. An order that is sent in minor units (10000 for 100.00) may be repeated as
 * it was sent, or in major units. Any other amount that is ours times or divided by the factor between the units shows
 * that the units were mixed up.
 * @returns the amount in major units; marked if it fits only another unit than the one in which the order was sent
 */
export function inOurUnit<Said extends Stated>(request: PayinRequest | undefined, said: Said): Said & InOtherUnit {
  const { amount: theirs, currency = request?.currency } = said;
  const { digits = 0, unit } = request?.terms ?? {};
  if (!request || theirs === undefined || digits === 0 || currency !== request.currency) return said;
  const { amount: ours } = request;
  if (sameDecimal(theirs, ours)) return said;
  const isInteger = !theirs.includes('.');
  if (unit === 'minor' && isInteger && sameDecimal(theirs, shifted(ours, digits))) return { ...said, amount: ours };
  const mixedUp = [digits, -digits, ...(unit === 'minor' ? [2 * digits] : [])];
  const isMixedUp = mixedUp.some((places) => sameDecimal(theirs, shifted(ours, places)));
  return isMixedUp ? { ...said, other_unit: true } : said;
}
