import { JsonObject, type JsonValue } from './json';
import { word } from './webhook-event';

/** What a webhook's `channel_biz_data` says of the card that paid. Each member: 1 to 100 characters on one line. */
export interface PaidCard {
  readonly card_issuer?: string | undefined;
  readonly card_issuer_country?: string | undefined;
  /** 3-D Secure: is the card enrolled? The channel's word, e.g. `Y`. */
  readonly three_ds_enrolled?: string | undefined;
  /** `true` if 3-D Secure was asked for and the payment went on without it. */
  readonly three_ds_downgraded?: string | undefined;
}

/**
 * Reads the members that the vendor's demo shows, and nothing else: the rest may be personal data. None of them says who is
 * liable for a fraud (docs/lesspay.md, "Webhooks").
 * @param data must be covered by the webhook's signature
 */
export function paidCard(data: JsonObject | undefined): PaidCard {
  const secure = first(data, ['3ds', 'three_ds', 'threeDs']);
  const members = secure instanceof JsonObject ? secure : undefined;
  return {
    card_issuer: word(first(data, ['issuer'])),
    card_issuer_country: word(first(data, ['issuer_country', 'issuerCountry'])),
    three_ds_enrolled: word(first(members, ['enrolled'])),
    three_ds_downgraded: flag(first(members, ['downgraded'])),
  };
}

const first = (object: JsonObject | undefined, names: readonly string[]): JsonValue | undefined =>
  names.map((name) => object?.get(name)).find((value) => value !== undefined && value !== null);

const flag = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'boolean' ? String(value) : word(value);
