import { JsonNumber, JsonObject, type JsonValue } from './json';

/** Possible names in `event_data`, in the order in which they are tried. Its shape is not public (docs/lesspay.md, "Fraud and dispute events"). */
const CODE = ['code', 'response_code', 'responseCode', 'reason_code', 'reasonCode', 'error_code', 'errorCode'];
const CATEGORY = ['category', 'dispute_category', 'disputeCategory', 'reason_category', 'reasonCategory'];

const DEADLINE = ['evidence_required_by', 'evidenceRequiredBy', 'respond_by', 'due_date', 'deadline'];

/** The reason in Lesspay's words, e.g. `fraudulent` and `30034`: 1 to 100 characters on one line. */
export interface EventReason {
  readonly event_category?: string | undefined;
  readonly event_code?: string | undefined;
  /** Until when a dispute must be answered, RFC 3339. */
  readonly event_deadline?: string | undefined;
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
      return {
        event_category: firstWord(event_data, CATEGORY),
        event_code: firstWord(event_data, CODE),
        event_deadline: instant(firstWord(event_data, DEADLINE)),
      };
    case 'payment_declined':
      return { event_code: firstWord(event_data, CODE) };
    default:
      return {};
  }
}

/** RFC 3339, from that or from 13-digit milliseconds. Undefined for anything else: a date without a time zone is no instant. */
function instant(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{13}$|^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const date = new Date(/^\d+$/.test(text) ? Number(text) : text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const firstWord = (members: JsonObject, names: readonly string[]): string | undefined =>
  names.map((name) => word(members.get(name))).find((text) => text !== undefined);

/** A text or number of at most 100 characters; undefined when it is of another type, blank, too long, or has control characters or lone surrogates. */
export function word(value: JsonValue | undefined): string | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string') return undefined;
  return /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(text) && /\S/.test(text) ? text : undefined;
}
