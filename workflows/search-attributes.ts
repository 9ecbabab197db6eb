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
} as const;
