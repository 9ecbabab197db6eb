/**
 * The typed search attributes of a pay-in, by which ops filter runs in the Temporal UI.
 * `npm run setup` registers them; the worker refuses to start where one is missing.
 */
export const SEARCH_ATTRIBUTES = {
  payinStatus: { name: 'PayinStatus', type: 'KEYWORD' },
  payinRequestId: { name: 'PayinRequestId', type: 'KEYWORD' },
  payOrderId: { name: 'PayOrderId', type: 'KEYWORD' },
  payinCurrency: { name: 'PayinCurrency', type: 'KEYWORD' },
  /** For filters only: a double can't hold every amount. The amount itself is in the pay-in, as text. */
  payinAmount: { name: 'PayinAmount', type: 'DOUBLE' },
  needsAttention: { name: 'NeedsAttention', type: 'BOOL' },
  /** The codes of the alerts that are open. */
  payinAlerts: { name: 'PayinAlerts', type: 'KEYWORD_LIST' },
} as const;

/** PostgreSQL and MySQL keep 15 digits in front of the point, and drop, unseen, a whole run whose number has more. */
const TOO_LARGE = 1e15;

/** What filters by amount see of one; undefined where it is too large for them. */
export function amountForFilters(amount: string): number | undefined {
  const number = Number(amount);
  return Math.abs(number) < TOO_LARGE ? number : undefined;
}
