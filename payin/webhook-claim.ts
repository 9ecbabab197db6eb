import { moneyInWords, sameWord, type Word } from './word';
import type { Payin } from './state';

/** What a verified webhook claims. A hint: only query-order is believed. Holds no personal data. */
export interface WebhookClaim {
  /** SHA-256 of the webhook's body, lower-case hex: repeated deliveries are recognised by it. */
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
  /** Until when a dispute must be answered, RFC 3339. */
  readonly event_deadline?: string;
  /** What Lesspay says of the card that paid (`lesspay/webhook-card.ts`); never from a v1 webhook. */
  readonly card_issuer?: string;
  readonly card_issuer_country?: string;
  readonly three_ds_enrolled?: string;
  readonly three_ds_downgraded?: string;
  /** The card that Lesspay has stored (`StoredCard`): our id, the encrypted token, the last four digits. */
  readonly stored_card?: string;
  readonly stored_card_sealed?: string;
  readonly stored_card_last_four?: string;
}

export const isClaim = (claim: unknown): claim is WebhookClaim =>
  typeof claim === 'object' &&
  claim !== null &&
  'digest' in claim &&
  Object.values(claim).every((member) => typeof member === 'string');

/** A claim that query-order has not shown yet. */
export interface OpenClaim extends WebhookClaim {
  /** When it came, epoch ms. */
  readonly since: number;
  /** The alert `unconfirmed_claim` was raised for it. */
  readonly flagged?: true;
}

/** The status, amount and currency that a webhook states. */
export const statedWord = ({ order_status: status = '', amount, currency }: WebhookClaim): Word => ({
  status,
  ...(amount === undefined ? {} : { amount }),
  ...(currency === undefined ? {} : { currency }),
});

/**
 * What query-order must say to confirm the webhook. The webhook's amount counts only for a `REFUND`, and for a status that
 * a person decided against with another amount. Otherwise the status alone counts: query-order may state the whole amount.
 */
export function claimedWord(claim: WebhookClaim, decidedOver: readonly Word[]): Word {
  const word = statedWord(claim);
  const { status, amount } = word;
  const isOtherMoney = decidedOver.some((decided) => decided.status === status && !sameWord(decided, word));
  return isOtherMoney || (status === 'REFUND' && amount !== undefined) ? word : { status };
}

/** As text: `SUCCEED`, `REFUND of 40 USDT`. Equal statements give the same text. */
export function inWords({ status, amount, currency }: Word, payin: Payin): string {
  if (amount === undefined && currency === undefined) return status;
  return `${status} of ${moneyInWords({ amount: amount ?? payin.amount, currency: currency ?? payin.currency })}`;
}

/** The claims, as text, that an answer of query-order confirms. An answer without an amount means the whole amount. */
export function shownBy(said: Word, payin: Payin): readonly string[] {
  return [said.status, inWords({ ...payin, ...said }, payin)];
}

/** The message of the claim's alert, by which the alert is found. */
export const unconfirmed = (claimed: string): string => `a webhook said ${claimed}, and query-order has not shown it`;
