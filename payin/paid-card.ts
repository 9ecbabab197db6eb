import type { WebhookClaim } from './webhook-claim';

/** What Lesspay says of the card that paid. Nothing in it says who is liable for a fraud. */
export interface PaidCard {
  readonly issuer?: string;
  /** Two letters. */
  readonly issuer_country?: string;
  /** 3-D Secure: is the card enrolled? The channel's word, e.g. `Y`. */
  readonly enrolled?: string;
  /** Was 3-D Secure asked for, and the payment went on without it? */
  readonly downgraded?: boolean;
}

export function cardIn(claim: WebhookClaim): PaidCard {
  const { card_issuer, card_issuer_country, three_ds_enrolled, three_ds_downgraded } = claim;
  return {
    ...(card_issuer === undefined ? {} : { issuer: card_issuer }),
    ...(card_issuer_country === undefined ? {} : { issuer_country: card_issuer_country }),
    ...(three_ds_enrolled === undefined ? {} : { enrolled: three_ds_enrolled }),
    ...(three_ds_downgraded === undefined ? {} : { downgraded: three_ds_downgraded === 'true' }),
  };
}
