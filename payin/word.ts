import { canonicalDecimal, sameDecimal } from './decimal';

/** A status as Lesspay states it, with the amount and currency that it states with it. */
export interface Word {
  readonly status: string;
  readonly amount?: string;
  readonly currency?: string;
}

/** Do both state the same status, and the same amount and currency where both state one? */
export const sameWord = (one: Word, other: Word): boolean =>
  one.status === other.status && !amountsDiffer(one, other) && !currenciesDiffer(one, other);

/** Like `sameWord`, and either both state an amount or neither does. */
export const statesTheSame = (one: Word, other: Word): boolean =>
  sameWord(one, other) && (one.amount === undefined) === (other.amount === undefined);

/** Did a person decide against this statement of Lesspay? */
export const isDecidedOver = (decidedOver: readonly Word[], said: Word): boolean =>
  decidedOver.some((word) => sameWord(word, said));

interface Money {
  readonly amount?: string | undefined;
  readonly currency?: string | undefined;
}

/** An amount as text: `40 USDT`. Equal amounts give the same text. */
export const moneyInWords = ({ amount = '?', currency = '?' }: Money): string =>
  `${canonicalDecimal(amount)} ${currency}`;

export const amountsDiffer = ({ amount: one }: Money, { amount: other }: Money): boolean =>
  one !== undefined && other !== undefined && !sameDecimal(one, other);
export const currenciesDiffer = ({ currency: one }: Money, { currency: other }: Money): boolean =>
  one !== undefined && other !== undefined && one !== other;
