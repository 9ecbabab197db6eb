/**
 * How our clock compares with the one an answer was dated by: a timestamp that is off is refused like a wrong secret, and
 * reads like one.
 */

/** An answer's `Date` has whole seconds, and clocks are never quite equal. */
const TOLERATED_MS = 30_000;

/**
 * How far our clock is ahead of the answer's, ms; negative where it is behind, 0 where the answer's is within the call.
 * @param date the header `Date` (RFC 9110, 6.6.1)
 * @param sent_at epoch ms by our clock, as `received_at`
 * @returns undefined where there is no such header, or it is no date
 */
export function clockOffset(date: string | undefined, sent_at: number, received_at: number): number | undefined {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return undefined;
  if (theirs < sent_at) return sent_at - theirs;
  return theirs > received_at ? received_at - theirs : 0;
}

/** What a person should hear of it; undefined where the clocks agree, or nothing is known. */
export function clockProblem(offset_ms: number | undefined): string | undefined {
  if (offset_ms === undefined || Math.abs(offset_ms) < TOLERATED_MS) return undefined;
  const direction = offset_ms > 0 ? 'ahead of' : 'behind';
  return `Our clock is ${inWords(Math.abs(offset_ms))} ${direction} the one that dated Lesspay’s answer: set it right first.`;
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3_600)} hours`;
}
