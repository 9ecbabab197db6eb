import type { WebhookClaim } from './webhook-claim';

/** A card that Lesspay has stored after a payment with it, as a pay-in keeps it. */
export interface StoredCard {
  /** Ours. It is made from the token, which can't be found from it: the same card has the same id in every pay-in. */
  readonly id: string;
  /** The token, encrypted and bound to the request_id (`client/stored-card.ts`). No public answer has it. */
  readonly sealed: string;
  readonly last_four?: string;
  /** The order is known to be paid: only now the card is shown, and can be used. */
  readonly offered?: true;
}

/** What the merchant is shown of it. */
export type ShownCard = Pick<StoredCard, 'id' | 'last_four'>;

export const shownCard = ({ id, last_four }: StoredCard): ShownCard => ({
  id,
  ...(last_four === undefined ? {} : { last_four }),
});

/** What an event says of it. */
export function cardEvent(card: StoredCard) {
  const { id: stored_card, ...same } = shownCard(card);
  return { stored_card, ...same };
}

/** The members of answers that show it, if it can be used. */
export const offeredCard = (card: StoredCard | undefined): { readonly stored_card?: ShownCard } =>
  card?.offered ? { stored_card: shownCard(card) } : {};

/** The card as a webhook's claim carries it: texts alone. */
export const cardClaim = ({ id, sealed, last_four }: StoredCard): Partial<WebhookClaim> => ({
  stored_card: id,
  stored_card_sealed: sealed,
  ...(last_four === undefined ? {} : { stored_card_last_four: last_four }),
});

/** The card that a webhook states: the inverse of `cardClaim`. */
export function storedCardIn(claim: WebhookClaim): StoredCard | undefined {
  const { stored_card: id, stored_card_sealed: sealed, stored_card_last_four: last_four } = claim;
  if (id === undefined || sealed === undefined) return undefined;
  return { id, sealed, ...(last_four === undefined ? {} : { last_four }) };
}

/** A claim as it is logged, and kept until query-order shows it. */
export function withoutStoredCard<Claim extends WebhookClaim>(claim: Claim) {
  const { stored_card: _id, stored_card_sealed: _sealed, stored_card_last_four: _digits, ...same } = claim;
  return same;
}
