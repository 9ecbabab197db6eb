/**
 * What happens to a pay-in, as its order record keeps it and as the merchant is told of it. Numbered by the pay-in's
 * workflow, so that whatever is written or sent twice is known by its number.
 */
export interface PayinEvent {
  /**
   * From 1; in an order that nobody knew (`unknown_order`) from a number above all told before. Without gaps, but where a
   * run went on from its order record (docs/decisions/0010).
   */
  readonly number: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly at: string;
  readonly kind: PayinEventKind;
  /** Whose doing it was. */
  readonly source: 'lesspay' | 'merchant' | 'operator' | 'workflow';
  /** By kind; never holds what the merchant's texts or metadata hold. */
  readonly data: Readonly<Record<string, unknown>>;
}

export const PAYIN_EVENT_KINDS = [
  /** The merchant asked for the pay-in: `{ amount, currency }`. */
  'started',
  /** `{ from, to, pay_order_id? }`, statuses. */
  'transition',
  /** A verified webhook came, a hint: `{ digest, version, order_status?, event? }`. */
  'webhook',
  /** Lesspay reports a dispute; the status does not change: `{ category?, code? }`. */
  'dispute',
  /** Lesspay says `REFUND` of another amount than was paid; the status does not change: `{ amount?, currency? }`, Lesspay's. */
  'part_refund',
  /** Lesspay reports what this release has no name for; the status does not change: `{ event }`, Lesspay's word. */
  'event',
  /** Lesspay declined an attempt to pay; the status does not change: `{ code? }`. */
  'payment_declined',
  /** A person must look: `{ code, message }`. */
  'alert',
  /** What an alert told of is over by itself: `{ code, message }`. */
  'alert_over',
  /** A person acted: `{ action, who, why }`. */
  'operator',
  /** A run goes on where the one before ended: `{}`. */
  'resumed',
] as const;

export type PayinEventKind = (typeof PAYIN_EVENT_KINDS)[number];

const NOTIFIED: ReadonlySet<PayinEventKind> = new Set([
  'transition',
  'dispute',
  'part_refund',
  'event',
  'payment_declined',
]);

/** Is the merchant's endpoint told of it? The rest is for the records. */
export const isNotified = ({ kind }: Pick<PayinEvent, 'kind'>): boolean => NOTIFIED.has(kind);
