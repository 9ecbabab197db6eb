import { hasCardData } from './card-number';
import { CARD_TOKEN } from './text';
import { JsonNumber, JsonObject, type JsonValue } from './json';

/** The token of a card that Lesspay has stored. A secret: whoever has it can pay with that card. */
export interface CardToken {
  readonly token: string;
  /** The card's last four digits, where they are stated beside the token. */
  readonly last_four?: string;
}

/** Possible names. Which one Lesspay uses is not public (docs/lesspay.md, "Stored cards"). */
const TOKEN = ['card_token', 'cardToken', 'token'];
const TOKEN_DATA = ['token_data', 'tokenData'];
const LAST_FOUR = [
  'last4',
  'last_4',
  'last_four',
  'lastFour',
  'card_last4',
  'cardLast4',
  'last_four_digits',
  'lastFourDigits',
];

/** An object with such a member is about the session of a card form, whose token is another thing. */
const OF_A_SESSION = /session|secret/i;

/**
 * Reads the token from the places where one may be, and from `token_data` in them. Nothing is guessed: if they state different
 * tokens, or one that is a card number, none is taken.
 * @param places must be covered by the webhook's signature
 */
export function cardToken(places: readonly (JsonObject | undefined)[]): CardToken | undefined {
  const objects = places
    .filter(holdsCard)
    .flatMap((place) => [place, ...TOKEN_DATA.map((name) => place.get(name))])
    .filter(holdsCard);
  const token = only(objects, TOKEN);
  if (typeof token !== 'string' || !CARD_TOKEN.test(token) || hasCardData(token)) return undefined;
  const digits = only(objects, LAST_FOUR);
  const last_four = digits instanceof JsonNumber ? digits.text : digits;
  return { token, ...(last_four !== undefined && /^\d{4}$/.test(last_four) ? { last_four } : {}) };
}

const holdsCard = (value: JsonValue | undefined): value is JsonObject =>
  value instanceof JsonObject && !value.members.some(([name]) => OF_A_SESSION.test(name));

const isStated = (value: JsonValue | undefined): value is string | JsonNumber =>
  (typeof value === 'string' && value !== '') || value instanceof JsonNumber;

/** What the objects state under these names, if all state the same. */
function only(objects: readonly JsonObject[], names: readonly string[]): string | JsonNumber | undefined {
  const found = objects.flatMap((object) => names.map((name) => object.get(name)));
  const [value, ...others] = found.filter(isStated);
  return others.every((other) => other === value) ? value : undefined;
}
