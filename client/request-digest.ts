import { createHash } from 'node:crypto';
import { canonicalDecimal } from '../payin/decimal';
import type { PayinRequest } from '../payin/request';

/**
 * SHA-256 of the normalised request, lower-case hex. Two requests have the same content when their digests are equal:
 * amounts count as decimals, the order of members does not count, nor does `metadata` (docs/design.md, rule 4).
 */
export function requestDigest({ metadata: _left, terms: _ours, amount, ...request }: PayinRequest): string {
  const members = sorted({ ...request, amount: canonicalDecimal(amount) });
  return createHash('sha256').update(JSON.stringify(members)).digest('hex');
}

/** The members of an object by name, those of objects in it likewise. */
function sorted(object: object): unknown[] {
  const members = Object.entries(object).map(
    ([name, value]: [string, unknown]) => [name, isObject(value) ? sorted(value) : value] as const,
  );
  return members.sort(([a], [b]) => (a < b ? -1 : 1));
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
