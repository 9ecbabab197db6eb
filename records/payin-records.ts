import type { PayinEvent } from '../payin/events';
import type { PayinFacts } from '../payin/facts';
import type { PayinView } from '../workflows/payin/messages';
import type { PayinStatus } from '../payin/state';
import type { ReconciliationRecords } from './reconciliation-records';

/**
 * The merchant's own records of its pay-ins. Instants are RFC 3339 text with milliseconds, in UTC; amounts are decimal
 * text with the digits they were written with. Text that PostgreSQL can't hold (NUL, lone surrogates) is kept as U+FFFD.
 *
 * Every method rejects with an OrdersUnavailableError while the database can't be reached (ask again later), and with an
 * OrdersRefusedError for what it would refuse again. The first call after the start also brings the schema up to date.
 */
export interface Orders {
  /**
   * Writes what happened and what the pay-in is now, wholly or not at all, where what is written already is what the
   * writer believes; else nothing, and the writer is told what is. So it may be repeated, come late or run twice: the row
   * only ever moves to a higher `version`, and an event is kept once.
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

export interface PayinWrite {
  readonly payin: PayinView;
  /** SHA-256 of the merchant's request; absent where nobody knows what it asked for. */
  readonly digest?: string;
  /** Given back as it is to the run that goes on from here. */
  readonly known: PayinFacts;
  /** The number of the last event that `payin` and `known` reflect. From 1. */
  readonly version: number;
  /** The version that the writer believes the row to have, at most; 0: no row. */
  readonly after: number;
  /** Those since an earlier write; none is numbered above `version`. */
  readonly events: readonly PayinEvent[];
}

export interface Recorded {
  /** Whether it was written. */
  readonly moved: boolean;
  /** What is recorded instead: by the same write before, or by somebody who knew what this writer does not. */
  readonly ahead?: Pick<PayinRecord, 'known' | 'version'>;
}

export interface PayinRecord extends PayinView {
  readonly digest?: string;
  readonly known: PayinFacts;
  readonly version: number;
  /** When the row last moved, by the database's clock. */
  readonly updated_at: string;
  /** Since when it has held nothing personal. */
  readonly erased_at?: string;
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
