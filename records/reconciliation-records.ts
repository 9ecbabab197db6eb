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
 * What reconciliations leave behind, and what a running one needs to remember over a crash. Everything may be repeated:
 * what is written twice is there once. They fail as all of `Records` does.
 */
export interface ReconciliationRecords {
  /** Also removes the reports that began more than 90 days before this one. */
  open(start: ReportStart): Promise<void>;
  /**
   * Remembers the orders of a page.
   * @returns how many of them no other page of this part has shown, also when it is told of the same page again
   */
  see(page: SeenPage): Promise<number>;
  /**
   * Our records of the range that no page has shown, and of which Lesspay should have an order: not those that are
   * still being created, were refused, or whose request_id is somebody else's. Ordered by request_id.
   * @param page.after only those with a higher request_id
   */
  unseen(range: ReportRange, page: { readonly after: string; readonly limit: number }): Promise<PayinRecord[]>;
  /** The first one of an order and kind stays. */
  note(report_id: string, differences: readonly NotedDifference[]): Promise<void>;
  /** Those that hope for a repair, in the order of their keys. */
  awaited(report_id: string, page: AwaitedPage): Promise<NotedDifference[]>;
  setResults(report_id: string, results: readonly SettledDifference[]): Promise<void>;
  /** In the order of their keys. */
  differences(report_id: string, limit: number): Promise<Difference[]>;
  /** Counts, keeps the report, and forgets what only the running one needed. @returns the report as it is kept */
  close(end: ReportEnd): Promise<ReconciliationReport>;
  find(report_id: string): Promise<ReconciliationReport | undefined>;
  /** The newest first. */
  list(limit: number): Promise<ReconciliationReport[]>;
}

export interface SeenPage {
  readonly report_id: string;
  readonly part: number;
  readonly page: number;
  readonly orders: readonly SeenKey[];
}

export interface SeenKey {
  /** What tells the order from others. */
  readonly order_key: string;
  readonly request_id?: string | undefined;
  readonly pay_order_id?: string | undefined;
}

export interface NotedDifference extends Difference {
  readonly order_key: string;
  /** Of our record, when it was compared; absent where there was none. */
  readonly last_event?: number;
}

export interface AwaitedPage {
  /** Only those that come later. */
  readonly after?: Pick<NotedDifference, 'order_key' | 'kind'> | undefined;
  readonly limit: number;
}

export interface SettledDifference extends Pick<NotedDifference, 'order_key' | 'kind'> {
  readonly result: DifferenceResult;
  readonly action?: DifferenceAction;
}
