const DAY = 24 * 3_600_000;

/** A query window reaches from a day before its anchor to six days after it: with this step they overlap by two days. */
const STEP = 5 * DAY;
/** How far back an order is searched if it is not known when it was made. */
export const LOOK_BACK = 90 * DAY;

/**
 * The instants around which to look up an order that was made at some time between two instants: one query window each
 * (`payin/query-window.ts`; Lesspay allows 7 days at most), the newest first. Clocks may differ by a day.
 * Pure; epoch ms.
 */
export function queryAnchors(from: number, to: number): number[] {
  const anchors: number[] = [];
  for (let anchor = from; anchor <= Math.max(from, to); anchor += STEP) anchors.unshift(anchor);
  return anchors;
}
