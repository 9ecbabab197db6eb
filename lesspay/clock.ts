/**
 * Compares our clock with the `Date` of an answer. When our clock is wrong, Lesspay refuses the timestamp of a request in the
 * same way as a wrong secret.
 */

/** Smaller differences are ignored. `Date` has whole seconds. */
const TOLERATED_MS = 30_000;

/**
 * How far our clock is ahead of the answer's, ms. Negative: behind. 0: the answer's time is between `sent_at` and `received_at`.
 * @param date the header `Date` (RFC 9110, 6.6.1)
 * @param sent_at epoch ms by our clock, like `received_at`
 * @returns undefined when the header is missing or not a date
 */
export function clockOffset(date: string | undefined, sent_at: number, received_at: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  if (theirs < sent_at) return sent_at - theirs;
  return theirs > received_at ? received_at - theirs : 0;
}

/** A message when our clock is wrong; undefined when the clocks agree, or the offset is not known. */
export function clockProblem(offset_ms: number | undefined): string | undefined {
  if (offset_ms === undefined || Math.abs(offset_ms) < TOLERATED_MS) return undefined;
  const direction = offset_ms > 0 ? 'ahead of' : 'behind';
  return `Our clock is ${inWords(Math.abs(offset_ms))} ${direction} the clock of Lesspay’s answer: correct our clock first.`;
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3_600)} hours`;
}
