import type { IncomingHttpHeaders } from 'node:http';

const SECOND = 1_000;
/** Whoever asks for more is asked again by then. */
const LONGEST_MS = 24 * 3_600 * SECOND;

/**
 * How long an answer asks us to wait, ms, one day at the most: by its `Retry-After`, in seconds or as a date (RFC 9110,
 * 10.2.3). A date is taken by the answer's own clock where it says its time. Undefined where it asks for nothing that
 * can be read.
 * @param now epoch ms
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined {
  const asked = headers['retry-after']?.trim() ?? '';
  const ms = /^\d+$/.test(asked) ? Number(asked) * SECOND : dateOf(asked) - (dateOf(headers.date ?? '') || now);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_MS);
}

/** Epoch ms, of a date in any of the three forms of RFC 9110 (5.6.7), which are all of GMT; NaN where it is none. */
function dateOf(text: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return NaN;
  return Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`);
}
