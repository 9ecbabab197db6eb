import { createHash } from 'node:crypto';
import { canonicalDecimal } from '../payin/decimal';
import type { PayinRequest } from '../payin/request';
import { sortedMembers } from '../payin/sorted-members';

/**
 * SHA-256 of the normalised request, lower-case hex. Two requests have the same content when their digests are equal:
 * amounts count as decimals, the order of members does not count, nor does `metadata` (docs/design.md, rule 4).
 */
export function requestDigest({ metadata: _left, terms: _ours, amount, ...request }: PayinRequest): string {
  const members = sortedMembers({ ...request, amount: canonicalDecimal(amount) });
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}
