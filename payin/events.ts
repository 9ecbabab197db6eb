/**
 * One thing that happened to a pay-in. The order record keeps all events; the merchant is notified of some. The pay-in's
 * workflow numbers them: an event that is written or sent twice is recognised by its number.
 */
export interface PayinEvent {
  /**
   * From 1; for an order of no known pay-in (`unknown_order`), from a number above all that were used before. There are
   * gaps only where a run went on from its order record (docs/decisions/0010).
   */
  readonly number: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
  readonly kind: PayinEventKind;
  /** Who caused it. */
  readonly source: 'lesspay' | 'merchant' | 'operator' | 'workflow';
  /** Its members depend on `kind`. Never holds the merchant's texts or metadata. */
  readonly data: Readonly<Record<string, unknown>>;
}

export const PAYIN_EVENT_KINDS = [
  /** The merchant asked for the pay-in: `{ amount, currency }`. */
  'started',
  /** `{ from, to, pay_order_id? }`, statuses. */
  'transition',
  /** A verified webhook came, a hint: `{ digest, version, order_status?, event? }`. */
  'webhook',
  /** Lesspay reports a dispute; the status does not change: `{ category?, code?, answer_by? }`, the last in RFC 3339. */
  'dispute',
  /** Lesspay says `REFUND` of another amount than was paid; the status does not change: `{ amount?, currency? }` of that. */
  'part_refund',
  /** Lesspay reports an event unknown to this release; the status does not change: `{ event }`, Lesspay's name for it. */
  'event',
  /** Lesspay says which card paid: `{ issuer?, issuer_country?, enrolled?, downgraded? }`, the last two of 3-D Secure. */
  'card',
  /** Lesspay has stored the card that paid: `{ stored_card, last_four? }`, the first is our id of it. */
  'card_stored',
  /** Lesspay declined an attempt to pay; the status does not change: `{ code?, reason? }`. */
  'payment_declined',
  /** A person must look: `{ code, message }`. */
  'alert',
  /** An alert must be answered in two days or less, and is still open: `{ code, answer_by }`, the last in RFC 3339. */
  'answer_due',
  /** The condition of an alert ended without a person: `{ code, message }`. */
  'alert_over',
  /** A person acted: `{ action, who, why }`. */
  'operator',
  /** A resumed run goes on from what the last run knew: `{}`. */
  'resumed',
] as const;

export type PayinEventKind = (typeof PAYIN_EVENT_KINDS)[number];

const NOTIFIED: ReadonlySet<PayinEventKind> = new Set([
  'transition',
  'dispute',
  'part_refund',
  'event',
  'card_stored',
  'payment_declined',
  'answer_due',
]);

/** Is the merchant notified of it? All other events are for the order record alone. */
export const isNotified = ({ kind }: Pick<PayinEvent, 'kind'>): boolean => NOTIFIED.has(kind);
