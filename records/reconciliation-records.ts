import type {
  Difference,
  DifferenceAction,
  DifferenceResult,
  ReconciliationReport,
  ReportEnd,
  ReportRange,
  ReportStart,
} from './reconciliation-report';
import type { PayinRecord } from './payin-record';

/**
 * The reports of reconciliations, and what a running reconciliation must remember over a crash. Every call may be repeated: a
 * repeated write changes nothing. Errors are those of `Records`.
 */
export interface ReconciliationRecords {
  /** Creates the report. Also deletes the reports that began more than 90 days before this one. */
  open(start: ReportStart): Promise<void>;
  /**
   * Stores the keys of a page's orders.
   * @returns how many of them were first seen on this page (in this part); the same when the call is repeated
   */
  see(page: SeenPage): Promise<number>;
  /**
   * The records in the range whose order was on no page although Lesspay should have it: without pay-ins that are `CREATING`
   * or `REJECTED`, or whose request_id another order has. Sorted by request_id.
   * @param page.after only records with a higher request_id
   */
  unseen(range: ReportRange, page: { readonly after: string; readonly limit: number }): Promise<PayinRecord[]>;
  /** Stores differences. One that is stored already, by order and kind, is not changed. */
  note(report_id: string, differences: readonly NotedDifference[]): Promise<void>;
  /** The differences whose pay-in was woken and which are not repaired or acknowledged. Sorted by key. */
  awaited(report_id: string, page: AwaitedPage): Promise<NotedDifference[]>;
  setResults(report_id: string, results: readonly SettledDifference[]): Promise<void>;
  /** Sorted by key. */
  differences(report_id: string, limit: number): Promise<Difference[]>;
  /**
   * Counts, stores the end of the report, and deletes what only the running reconciliation needed.
   * @returns the stored report
   */
  close(end: ReportEnd): Promise<ReconciliationReport>;
  find(report_id: string): Promise<ReconciliationReport | undefined>;
  /** Newest first. */
  list(limit: number): Promise<ReconciliationReport[]>;
}

export interface SeenPage {
  readonly report_id: string;
  readonly part: number;
  readonly page: number;
  readonly orders: readonly SeenKey[];
}

export interface SeenKey {
  /** Identifies the order in the report (`orderKey` in `reconciliation/`). */
  readonly order_key: string;
  readonly request_id?: string | undefined;
  readonly pay_order_id?: string | undefined;
}

export interface NotedDifference extends Difference {
  readonly order_key: string;
  /** The record's `last_event` at the time of the comparison; absent when there was no record. */
  readonly last_event?: number;
}

export interface AwaitedPage {
  /** Only differences after this one. */
  readonly after?: Pick<NotedDifference, 'order_key' | 'kind'> | undefined;
  readonly limit: number;
}

export interface SettledDifference extends Pick<NotedDifference, 'order_key' | 'kind'> {
  readonly result: DifferenceResult;
  readonly action?: DifferenceAction;
}
