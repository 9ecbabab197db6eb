import { JsonNumber, JsonObject, type JsonValue } from './json';

/** Names that `event_data` may use, in the order they are tried: its shape is not public (docs/lesspay.md, "Fraud and dispute events"). */
const CODE = ['code', 'response_code', 'responseCode', 'reason_code', 'reasonCode', 'error_code', 'errorCode'];
const CATEGORY = ['category', 'dispute_category', 'disputeCategory', 'reason_category', 'reasonCategory'];

/** Lesspay's own words for why, e.g. `fraudulent` and `30034`: 1 to 100 characters on one line. */
export interface EventReason {
  readonly event_category?: string | undefined;
  readonly event_code?: string | undefined;
}

/**
 * What may be kept of a fraud or dispute event's `event_data`. Nothing else of it leaves this function: it may hold
 * personal data. Of an event that Lesspay's reference does not name, nothing is read.
 * @param event_data must be covered by the webhook's signature
 */
export function eventReason(event: string | undefined, event_data: JsonObject | undefined): EventReason {
  if (event_data === undefined) return {};
  switch (event) {
    case 'dispute_received':
      return { event_category: firstWord(event_data, CATEGORY), event_code: firstWord(event_data, CODE) };
    case 'payment_declined':
      return { event_code: firstWord(event_data, CODE) };
    default:
      return {};
  }
}

const firstWord = (members: JsonObject, names: readonly string[]): string | undefined =>
  names.map((name) => word(members.get(name))).find((text) => text !== undefined);

/** Undefined for what is no text or number, is blank or too long, or holds control characters or half a character. */
function word(value: JsonValue | undefined): string | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string') return undefined;
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(text) && /\S/.test(text) ? text : undefined;
}
