import type { PayinEvent } from '../payin/events';
import type { PayinView } from '../payin/view';
import type { PayinStatus } from '../payin/state';
import type { ReconciliationRecords } from './reconciliation-records';
import type { NotifiedWrite, PayinRecord, PayinWrite, Recorded } from './payin-record';

/**
 * The merchant's records of its pay-ins. Instants are RFC 3339 with milliseconds, in UTC; amounts are decimal strings with
 * their original digits. Characters that PostgreSQL can't store (NUL, lone surrogates) become U+FFFD.
 *
 * Every method rejects with a RecordsUnavailableError when the database can't be reached (try again later), and with a
 * RecordsRefusedError when it would refuse the call again. The first call also applies missing migrations.
 */
export interface Records {
  /**
   * Writes the pay-in and its new events in one transaction, if the row's `last_event` is at most `recorded`. Otherwise writes
   * nothing and returns the row's content. So a write may be repeated, late or concurrent: a row's `last_event` never
   * decreases, and an event is stored once.
   */
  record(write: PayinWrite): Promise<Recorded>;
  /**
   * Notes in the row's facts that the merchant was notified of all its events. Writes nothing if the row has later events, or is
   * another pay-in's.
   */
  markNotified(notified: NotifiedWrite): Promise<void>;
  find(request_id: string): Promise<PayinRecord | undefined>;
  /** Without those that are not recorded, in no particular order. */
  findMany(request_ids: readonly string[]): Promise<PayinRecord[]>;
  /** The newest one, if there are several. */
  findByPayOrderId(pay_order_id: string): Promise<PayinRecord | undefined>;
  /** The newest pay-in that offers this stored card, and still has its token, encrypted. */
  findByStoredCard(id: string): Promise<PayinRecord | undefined>;
  /**
   * Sorted by `created_at`, then by `request_id`, both descending. Neither changes, so no row is skipped or shown twice when
   * rows change between two pages. The filter is applied at the time of each page.
   * @throws InvalidCursorError
   */
  list(filter: PayinFilter): Promise<PayinPage>;
  /** Sorted by number. */
  events(request_id: string, page: EventsPage): Promise<PayinEvent[]>;
  /**
   * Removes what may be personal data, permanently: also from later writes of the pay-in. Amounts and statuses stay. What
   * counts as personal, and where else it is stored: docs/order-records.md.
   * @returns false when the pay-in is not recorded
   */
  erase(request_id: string): Promise<boolean>;
  readonly reconciliations: ReconciliationRecords;
  /** Resolves when the database answers and its schema is up to date. */
  ping(): Promise<void>;
  /** Waits for running calls. May be called again. */
  close(): Promise<void>;
}

/** A pay-in must match all given members. `..._from` is inclusive, `..._to` is exclusive. */
export interface PayinFilter {
  readonly status?: PayinStatus;
  readonly currency?: string;
  readonly needs_attention?: boolean;
  readonly created_from?: string;
  readonly created_to?: string;
  readonly outcome_from?: string;
  readonly outcome_to?: string;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string;
  /** At least 1. */
  readonly limit: number;
}

export interface PayinPage {
  readonly payins: readonly PayinView[];
  /** Absent on the last page. */
  readonly next_cursor?: string;
}

export interface EventsPage {
  /** Only events with a higher number. */
  readonly after?: number;
  /** At least 1. */
  readonly limit: number;
}
