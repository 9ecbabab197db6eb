/** Lesspay's order statuses by number (docs/lesspay.md, "Order status"). */
export const ORDER_STATUS = {
  0: 'PENDING_CONFIRM',
  1: 'PENDING_PAY',
  2: 'SUCCEED',
  3: 'FAILED',
  4: 'CANCELED',
  5: 'REFUND',
  6: 'CLOSED',
  /** For pay-outs only. */
  11: 'PARTIAL_SUCCESS',
  /** Money arrived, but the amount differs from the order's. */
  12: 'PAID',
} as const;

export type OrderStatus = (typeof ORDER_STATUS)[keyof typeof ORDER_STATUS];

const WORDS: ReadonlyMap<string, OrderStatus> = new Map(Object.entries(ORDER_STATUS));

/** The word for a status that is given as a word or a number. An unknown status is returned unchanged. */
export const orderStatus = (given: string | number): string => WORDS.get(String(given)) ?? String(given);
