import type { IncomingHttpHeaders } from 'node:http';

const SECOND = 1_000;
/** A longer `Retry-After` is cut to this, ms. */
const MAX_MS = 24 * 3_600 * SECOND;

/**
 * How long the `Retry-After` of an answer asks us to wait, ms, at most one day. It is in seconds or a date (RFC 9110,
 * 10.2.3); a date is compared with the answer's own `Date`, or with `now` when there is none.
 * @param now epoch ms
 * @returns undefined when there is no `Retry-After`, or it is not valid
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const asked = headers['retry-after']?.trim() ?? '';
  const ms = /^\d+$/.test(asked) ? Number(asked) * SECOND : dateOf(asked) - (dateOf(headers.date ?? '') || now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_MS);
}

/** Epoch ms of an HTTP date, in any of the three forms of RFC 9110 (5.6.7), all in GMT. NaN when it is not a date. */
function dateOf(text: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
