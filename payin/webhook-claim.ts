import { moneyInWords, sameWord, type Payin, type Word } from './state';

/** What a verified webhook claims. A hint: only query-order is believed. Nothing personal in it. */
export interface WebhookClaim {
  /** SHA-256 of the webhook's body, lower-case hex: identical deliveries fold. */
  readonly digest: string;
  readonly received_at: string;
  readonly version: 'v1' | 'v2';
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly order_status?: string;
  /** Decimal string, major units. */
  readonly amount?: string;
  readonly currency?: string;
  /** A fraud or dispute event; never from a v1 webhook, which does not sign it. */
  readonly event?: string;
  /** A dispute's category, e.g. `fraudulent`. */
  readonly event_category?: string;
  /** The code of a dispute or of a declined payment, e.g. `30034`. */
  readonly event_code?: string;
}

export const isClaim = (claim: unknown): claim is WebhookClaim =>
  typeof claim === 'object' &&
  claim !== null &&
  'digest' in claim &&
  Object.values(claim).every((member) => typeof member === 'string');

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
