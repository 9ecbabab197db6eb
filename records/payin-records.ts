import type { PayinEvent } from '../payin/events';
import type { PayinView } from '../payin/view';
import type { PayinStatus } from '../payin/state';
import type { ReconciliationRecords } from './reconciliation-records';
import type { PayinRecord, PayinWrite } from './payin-record';
import type { Recorded } from './payin-record';

/**
 * The merchant's own records of its pay-ins. Instants are RFC 3339 text with milliseconds, in UTC; amounts are decimal
 * text with the digits they were written with. Text that PostgreSQL can't hold (NUL, lone surrogates) is kept as U+FFFD.
 *
 * Every method rejects with an RecordsUnavailableError while the database can't be reached (ask again later), and with an
 * RecordsRefusedError for what it would refuse again. The first call after the start also brings the schema up to date.
 */
export interface Records {
  /**
   * Writes what happened and what the pay-in is now, wholly or not at all, where what is written already is what the
   * writer believes; else nothing, and the writer is told what is. So it may be repeated, come late or run twice: the row
   * only ever moves to a higher `last_event`, and an event is kept once.
   */
  record(write: PayinWrite): Promise<Recorded>;
  find(request_id: string): Promise<PayinRecord | undefined>;
  /** Those of them that are recorded, in no order. */
  findMany(request_ids: readonly string[]): Promise<PayinRecord[]>;
  /** The newest, should there be several. */
  findByPayOrderId(pay_order_id: string): Promise<PayinRecord | undefined>;
  /**
   * The newest created first, those of one instant by falling request_id. Rows that change meanwhile are neither
   * skipped nor shown twice, since what orders them never changes; a filter holds as of the moment of the page.
   * @throws InvalidCursorError
   */
  list(filter: PayinFilter): Promise<PayinPage>;
  /** In the order of their numbers. */
  events(request_id: string, page: EventsPage): Promise<PayinEvent[]>;
  /**
   * Removes what may be personal, for good: later writes of the pay-in don't bring it back. The money's facts stay.
   * See docs/order-records.md for what is meant, and for where else it is.
   * @returns false where no such pay-in is recorded
   */
  erase(request_id: string): Promise<boolean>;
  readonly reconciliations: ReconciliationRecords;
  /** Resolves when the database answers and its schema is up to date. */
  ping(): Promise<void>;
  /** Lets calls that are under way end. Harmless when repeated. */
  close(): Promise<void>;
}

/** All given members must hold. `..._from` is included in its range, `..._to` is not. */
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
