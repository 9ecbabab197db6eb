import type { WebhookClaim } from './payin-messages';
import { moneyInWords, sameWord, type Payin, type Word } from './payin-state';

/** What webhooks say and query-order has not shown. Pure. */
export interface OpenClaim extends WebhookClaim {
  /** When it came, epoch ms. */
  readonly since: number;
  /** A person was told that it is not shown (`unconfirmed_claim`). */
  readonly flagged?: true;
}

/**
 * What a webhook would have query-order say. Its amount counts only where it speaks of a refund of another amount than
 * ours: query-order may go on saying that the whole was paid.
 */
export function claimedWord({ order_status, amount, currency }: WebhookClaim, payin: Payin): Word {
  const status = order_status ?? '';
  const word = { status, ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) };
  return status === 'REFUND' && !sameWord(word, { ...payin, status }) ? word : { status };
}

/** In words, the same for the same: `SUCCEED`, `REFUND of 40 USDT`. */
export function inWords({ status, amount, currency }: Word, payin: Payin): string {
  if (amount === undefined && currency === undefined) return status;
  return `${status} of ${moneyInWords({ amount: amount ?? payin.amount, currency: currency ?? payin.currency })}`;
}

/** What of that query-order shows when it says this. */
export const shownBy = (said: Word, payin: Payin): readonly string[] => [said.status, inWords(said, payin)];

/** The message of its alert, by which it is known. */
export const unconfirmed = (claimed: string): string => `a webhook said ${claimed}, and query-order has not shown it`;
