const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Lesspay's limit on the span of a query (docs/lesspay.md, "query-order"). */
const LONGEST = 7 * DAY;

/**
 * The time range in which to look an order up, anchored at its creation so that old orders are found too: from a day
 * before it (clocks differ), at most 7 days long, never past now and 5 minutes. All in epoch ms.
 */
export function queryWindow(ordered_at: number, now: number): { start_time: number; end_time: number } {
  const start_time = ordered_at - DAY;
  return { start_time, end_time: Math.min(start_time + LONGEST, now + 5 * MINUTE) };
}
