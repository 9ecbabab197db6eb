import type { PayinStatus } from '../payin/state';

/** The report of a reconciliation. */

export type DifferenceKind =
  /** Lesspay's status is later than our record's: the pay-in's own rules would apply it. */
  | 'status_behind'
  /** Lesspay has another status, and the pay-in's own rules would not apply it. */
  | 'status_contradicts'
  | 'unknown_status'
  | 'amount_differs'
  | 'currency_differs'
  /** Our record has another `pay_order_id`, or none. */
  | 'id_differs'
  /** Temporal knows the pay-in, but it has no record. */
  | 'record_missing'
  /** Lesspay has an order of which neither Temporal nor the records know a pay-in. */
  | 'unknown_to_us'
  /** Lesspay does not find the order of our record. */
  | 'not_at_lesspay'
  /** Lesspay's row can't be read. */
  | 'unreadable_row';

export type DifferenceAction =
  /** The pay-in's run asks Lesspay now. */
  | 'woken'
  /** A new run of the pay-in asks Lesspay now. */
  | 'resumed'
  /** Nothing: the pay-in's run polls Lesspay anyway, and flags the pay-in if there is no outcome. */
  | 'watched'
  /** Nothing: the pay-in has an open alert about it. */
  | 'flagged'
  /** Nothing: only this report shows it. */
  | 'reported'
  /** Temporal refused the signal to the pay-in's run. */
  | 'refused';

export type DifferenceResult =
  /** The record now agrees with Lesspay. */
  | 'repaired'
  | 'still_differs'
  /** The pay-in has not written its record again before the end of the reconciliation. */
  | 'not_yet'
  /** The pay-in flagged it, and a person has acknowledged that. */
  | 'acknowledged';

/** An order as our record, or Lesspay, states it. */
export interface OrderSide<Status extends string = string> {
  readonly status: Status;
  readonly pay_order_id?: string;
  readonly amount?: string;
  readonly currency?: string;
}

export interface Difference {
  readonly kind: DifferenceKind;
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly ours?: OrderSide<PayinStatus>;
  readonly theirs?: OrderSide;
  readonly action: DifferenceAction;
  readonly result: DifferenceResult;
}

/** Must a person look at this difference, which only the report shows? */
export const isUnflagged = ({ action, result }: Pick<Difference, 'action' | 'result'>): boolean =>
  result === 'still_differs' && (action === 'reported' || action === 'refused');

export interface ReconciliationCounts {
  /** Different orders in Lesspay's list. */
  readonly orders: number;
  /** Pages of Lesspay's list. */
  readonly pages: number;
  /** Orders of our records that were missing in the list, and were looked up by request_id. */
  readonly asked_by_id: number;
  /** Orders in the list that are another shop's and were ignored (`REQUEST_ID_PREFIX`). */
  readonly not_ours: number;
  readonly differences: number;
  /** Number of differences by kind, and by result. */
  readonly by_kind: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly by_result: Readonly<Partial<Record<DifferenceResult, number>>>;
  /** Number of differences for which `isUnflagged` is true, by kind. Absent while the reconciliation runs. */
  readonly unflagged?: Readonly<Partial<Record<DifferenceKind, number>>>;
}

/** `incomplete`: it ended, but Lesspay's list was faulty; see `notes`. `skipped`: another reconciliation ran all the time. */
export type ReconciliationOutcome = 'complete' | 'incomplete' | 'gave_up' | 'cancelled' | 'skipped';

export interface ReconciliationReport {
  readonly report_id: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly started_at: string;
  /** Absent while it runs, like `outcome`. */
  readonly finished_at?: string;
  readonly outcome?: ReconciliationOutcome;
  /** Messages for a person, e.g. why it is not complete. */
  readonly notes: readonly string[];
  readonly counts: ReconciliationCounts;
}

/** Instants are RFC 3339. `from` is inclusive, `to` is exclusive. */
export interface ReportRange {
  readonly report_id: string;
  readonly from: string;
  readonly to: string;
}

export interface ReportStart extends ReportRange {
  readonly by: string;
  readonly started_at: string;
}

export interface ReportEnd {
  readonly report_id: string;
  readonly finished_at: string;
  readonly outcome: ReconciliationOutcome;
  readonly notes: readonly string[];
  readonly asked_by_id: number;
  readonly not_ours: number;
  readonly pages: number;
}
