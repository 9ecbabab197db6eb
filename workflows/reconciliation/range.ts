import { ApplicationFailure } from '@temporalio/workflow';
import type { ReconciliationRange } from './messages';
import { INSTANT, instantOf } from '../../payin/rfc3339';

/** Epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lesspay's limit on the span of a query (docs/lesspay.md, "query-order"). */
const LONGEST_MS = 7 * 24 * 3_600_000;

/** @throws ApplicationFailure `bad_range`, not retryable, which says what is wrong */
export function rangeOf(range: ReconciliationRange, now: number): Span {
  const span =
    'last_ms' in range
      ? { from: now - range.settle_ms - range.last_ms, to: now - range.settle_ms }
      : { from: given('from', range.from), to: given('to', range.to) };
  if (span.from >= span.to) throw badRange('from must be before to');
  // Lesspay's timestamps have 13 digits.
  if (span.from < 1e12) throw badRange('from must be after 2001-09-09');
  // An order that is created while the pages are read would move the others from page to page.
  const to = Math.min(span.to, now);
  if (span.from >= to) throw badRange('from must be in the past');
  return { from: span.from, to };
}

/** Splits a span into parts that Lesspay allows, in the order of time. */
export function partsOf({ from, to }: Span): Span[] {
  const parts: Span[] = [];
  for (let start = from; start < to; start += LONGEST_MS)
    parts.push({ from: start, to: Math.min(start + LONGEST_MS, to) });
  return parts;
}

function given(name: 'from' | 'to', instant: string | number): number {
  const at = typeof instant === 'number' ? instant : instantOf(instant);
  if (at === undefined) throw badRange(`${name} must be ${INSTANT}, or epoch ms`);
  return at;
}

const badRange = (message: string) => ApplicationFailure.nonRetryable(message, 'bad_range');
