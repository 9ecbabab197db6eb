import type { WebhookClaim } from '../workflows/payin/messages';
import { moneyInWords, sameWord, type Payin, type Word } from './state';

/** What webhooks say and query-order has not shown. Pure. */
export interface OpenClaim extends WebhookClaim {
  /** When it came, epoch ms. */
  readonly since: number;
  /** A person was told that it is not shown (`unconfirmed_claim`). */
  readonly flagged?: true;
}

/** What a webhook says, with all that it states. */
export const statedWord = ({ order_status: status = '', amount, currency }: WebhookClaim): Word => ({
  status,
  ...(amount === undefined ? {} : { amount }),
  ...(currency === undefined ? {} : { currency }),
});

/**
 * What a webhook would have query-order say. The amount that it states counts only where it speaks of a refund, or of
 * other money than a person decided over: else query-order may go on saying that the whole was paid.
 */
export function claimedWord(claim: WebhookClaim, decidedOver: readonly Word[]): Word {
  const word = statedWord(claim);
  const { status, amount } = word;
  const isOtherMoney = decidedOver.some((decided) => decided.status === status && !sameWord(decided, word));
  return isOtherMoney || (status === 'REFUND' && amount !== undefined) ? word : { status };
}

/** In words, the same for the same: `SUCCEED`, `REFUND of 40 USDT`. */
export function inWords({ status, amount, currency }: Word, payin: Payin): string {
  if (amount === undefined && currency === undefined) return status;
  return `${status} of ${moneyInWords({ amount: amount ?? payin.amount, currency: currency ?? payin.currency })}`;
}

/** What of that query-order shows when it says this. Where it states no amount it speaks of the whole. */
export function shownBy(said: Word, payin: Payin): readonly string[] {
  return [said.status, inWords({ ...payin, ...said }, payin)];
}

/** The message of its alert, by which it is known. */
export const unconfirmed = (claimed: string): string => `a webhook said ${claimed}, and query-order has not shown it`;
