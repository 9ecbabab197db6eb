/**
 * The typed search attributes of a pay-in, by which ops filter runs in the Temporal UI.
 * `npm run setup` registers them; the worker refuses to start if one is missing.
 */
export const SEARCH_ATTRIBUTES = {
  payinStatus: { name: 'PayinStatus', type: 'KEYWORD' },
  payinRequestId: { name: 'PayinRequestId', type: 'KEYWORD' },
  payOrderId: { name: 'PayOrderId', type: 'KEYWORD' },
  payinCurrency: { name: 'PayinCurrency', type: 'KEYWORD' },
  /** For filters only: a double can't hold every amount. The amount itself is in the pay-in, as text. */
  payinAmount: { name: 'PayinAmount', type: 'DOUBLE' },
  needsAttention: { name: 'NeedsAttention', type: 'BOOL' },
  /** The codes of the open alerts. */
  payinAlerts: { name: 'PayinAlerts', type: 'KEYWORD_LIST' },
  /** Until when the most urgent of the open alerts must be answered. */
  payinAnswerBy: { name: 'PayinAnswerBy', type: 'DATETIME' },
} as const;

/** Temporal's PostgreSQL and MySQL keep 15 digits before the point. A run with a longer number is silently not listed. */
const TOO_LARGE = 1e15;

/** Temporal's PostgreSQL and MySQL do not know every year. A run with a time that they refuse is silently not listed. */
const YEARS = /^[2-9]\d{3}-/;

/** @returns undefined for a text that is no instant of RFC 3339, or one before the year 2000 */
export function instantForFilters(text: string): Date | undefined {
  const instant = new Date(text);
  return YEARS.test(text) && !Number.isNaN(instant.getTime()) ? instant : undefined;
}

/** The amount as a number for filters; undefined if it is too large for them. */
export function amountForFilters(amount: string): number | undefined {
  const number = Number(amount);
  return Math.abs(number) < TOO_LARGE ? number : undefined;
}
