import { JsonNumber, JsonObject, type JsonValue } from './json';

/** Possible names in `event_data`, in the order in which they are tried. Its shape is not public (docs/lesspay.md, "Fraud and dispute events"). */
const CODE = ['code', 'response_code', 'responseCode', 'reason_code', 'reasonCode', 'error_code', 'errorCode'];
const CATEGORY = ['category', 'dispute_category', 'disputeCategory', 'reason_category', 'reasonCategory'];

/** The reason in Lesspay's words, e.g. `fraudulent` and `30034`: 1 to 100 characters on one line. */
export interface EventReason {
  readonly event_category?: string | undefined;
  readonly event_code?: string | undefined;
}

/**
 * The category and code in a fraud or dispute event's `event_data`. Nothing else of it is kept, because it may contain
 * personal data. For an event that Lesspay's reference does not list, nothing is read.
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

/** A text or number; undefined when it is of another type, blank, too long, or has control characters or lone surrogates. */
function word(value: JsonValue | undefined): string | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string') return undefined;
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(text) && /\S/.test(text) ? text : undefined;
}
