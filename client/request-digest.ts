import { createHash } from 'node:crypto';
import { canonicalDecimal } from '../payin/decimal';
import type { PayinRequest } from '../payin/request';

/**
 * SHA-256 of the normalised request, lower-case hex. Two requests have the same content when their digests are equal:
 * amounts count as decimals, `metadata` does not count (docs/design.md, rule 4).
 */
export function requestDigest({ metadata: _left, amount, ...request }: PayinRequest): string {
  const members = Object.entries({ ...request, amount: canonicalDecimal(amount) });
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}
