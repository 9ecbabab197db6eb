import type { PayinStatus } from '../payin/state';

/** What a reconciliation finds, as the records keep it. */

export type DifferenceKind =
  /** Lesspay is further than our record, by the pay-in's own rules. */
  | 'status_behind'
  /** Lesspay says what our record can't become by those rules. */
  | 'status_contradicts'
  | 'unknown_status'
  | 'amount_differs'
  | 'currency_differs'
  /** Our record has another `pay_order_id`, or none. */
  | 'id_differs'
  /** Temporal knows the pay-in, the records don't. */
  | 'record_missing'
  /** Lesspay has an order that neither knows. */
  | 'unknown_to_us'
  /** We have an order that Lesspay does not find. */
  | 'not_at_lesspay'
  /** Lesspay's row can't be read. */
  | 'unreadable_row';

export type DifferenceAction =
  /** Its run asks Lesspay now. */
  | 'woken'
  /** A new run does. */
  | 'resumed'
  /** Its run goes on asking Lesspay by itself, and is flagged when that comes to nothing. */
  | 'watched'
  /** The pay-in has flagged it, and is listed until a person has acknowledged that. */
  | 'flagged'
  /** This line is all. */
  | 'reported'
  /** Temporal takes no signal for it. */
  | 'refused';

export type DifferenceResult =
  /** The record says what Lesspay says. */
  | 'repaired'
  | 'still_differs'
  /** The pay-in has not written its record anew by the end of the reconciliation. */
  | 'not_yet'
  /** A person has dealt with it: the pay-in flagged it, and it was acknowledged there. */
  | 'acknowledged';

/** What one side says of an order, as far as it says it. */
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

/** Nothing but the report shows it, and a person must look. */
export const isUnflagged = ({ action, result }: Pick<Difference, 'action' | 'result'>): boolean =>
  result === 'still_differs' && (action === 'reported' || action === 'refused');

export interface ReconciliationCounts {
  /** Orders that Lesspay's list showed, each once. */
  readonly orders: number;
  /** Pages that it took. */
  readonly pages: number;
  /** Of our records: those that the list should have shown and did not, and that were asked for by id. */
  readonly asked_by_id: number;
  /** Of those orders: another shop's, left aside (`REQUEST_ID_PREFIX`). */
  readonly not_ours: number;
  readonly differences: number;
  /** Differences by kind, and by result. */
  readonly by_kind: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly by_result: Readonly<Partial<Record<DifferenceResult, number>>>;
  /** Of those that still differ, what no pay-in shows: a person must look here. By kind; not in reports of old. */
  readonly unflagged?: Readonly<Partial<Record<DifferenceKind, number>>>;
}

/** `incomplete`: done, but Lesspay's list was not what it should be; see `notes`. `skipped`: another one ran all the time. */
export type ReconciliationOutcome = 'complete' | 'incomplete' | 'gave_up' | 'cancelled' | 'skipped';

export interface ReconciliationReport {
  readonly report_id: string;
  readonly by: string;
  readonly from: string;
  readonly to: string;
  readonly started_at: string;
  /** This, and the outcome, are absent while it runs. */
  readonly finished_at?: string;
  readonly outcome?: ReconciliationOutcome;
  /** What a person should know of how it went. */
  readonly notes: readonly string[];
  readonly counts: ReconciliationCounts;
}

/** Instants are RFC 3339. `to` is not included. */
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
