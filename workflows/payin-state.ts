import { sameDecimal } from './decimal';

/**
 * What an observation does to a pay-in: the whole transition table, pure. Knows nothing of Temporal.
 * Source: design, "Status".
 */

/** Lesspay's words (lesspay-api.md, "Order status"). `PARTIAL_SUCCESS` is for pay-outs only: unknown here. */
const LESSPAY_STATUSES = [
  'PENDING_CONFIRM',
  'PENDING_PAY',
  'PAID',
  'SUCCEED',
  'FAILED',
  'CANCELED',
  'CLOSED',
  'REFUND',
] as const;

export type LesspayStatus = (typeof LESSPAY_STATUSES)[number];
/** Lesspay's statuses and ours: not yet known to exist, watched to no end, refused. */
export const PAYIN_STATUSES = ['CREATING', ...LESSPAY_STATUSES, 'UNRESOLVED', 'REJECTED'] as const;
export type PayinStatus = (typeof PAYIN_STATUSES)[number];

export const isLesspayStatus = (word: string): word is LesspayStatus =>
  (LESSPAY_STATUSES as readonly string[]).includes(word);

/** A status that nothing ordinary changes any more. */
export function isOutcome(status: PayinStatus): boolean {
  return status === 'REJECTED' || status === 'SUCCEED' || status === 'REFUND' || isUnpaidEnd(status);
}

/** The payer can still pay. */
export const isPayable = (status: PayinStatus): boolean => status === 'PENDING_CONFIRM' || status === 'PENDING_PAY';

const isUnpaidEnd = (status: PayinStatus) => status === 'FAILED' || status === 'CANCELED' || status === 'CLOSED';
const saysMoneyMoved = (status: PayinStatus) => status === 'SUCCEED' || status === 'PAID' || status === 'REFUND';

/** What a person must see. Each holds the run open until it is acknowledged. */
export type AlertCode =
  | 'amount_mismatch'
  | 'credentials'
  | 'dispute_received'
  | 'history_unreadable'
  | 'identity_mismatch'
  | 'late_payment'
  | 'query_unreadable'
  | 'request_id_taken'
  | 'status_conflict'
  | 'unconfirmed_claim'
  | 'unknown_order'
  | 'unknown_status'
  | 'unresolved';

export interface Flag {
  readonly code: AlertCode;
  readonly message: string;
}

/** A flag as it is kept. `at`, and `acknowledged.at`, in epoch ms. */
export interface Alert extends Flag {
  readonly at: number;
  readonly acknowledged?: { readonly who: string; readonly why: string; readonly at: number };
}

/** What is left for a person to deal with. */
export const openAlerts = (alerts: readonly Alert[]): Alert[] => alerts.filter((alert) => !alert.acknowledged);

/** The part of a pay-in that observations change. */
export interface Payin {
  readonly request_id: string;
  /** Decimal string, major units. Absent, like the currency, while nobody has said what an adopted order is about. */
  readonly amount?: string;
  readonly currency?: string;
  readonly status: PayinStatus;
  readonly pay_order_id?: string;
  /** Epoch ms of the first outcome, and of each that replaced it. */
  readonly outcome_at?: number;
}

/** What Lesspay said of an order at one time. A member that is absent was not stated: no disagreement. */
export interface Observation {
  readonly request_id?: string;
  readonly pay_order_id?: string;
  readonly status: string;
  readonly amount?: string;
  readonly currency?: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface Change {
  readonly from: PayinStatus;
  readonly to: PayinStatus;
}

export interface Transition {
  readonly payin: Payin;
  readonly changes: readonly Change[];
  readonly alerts: readonly Flag[];
}

/** `late_payment` is applied and flagged, `status_conflict` only flagged. */
export type Verdict = 'same' | 'stale' | 'applied' | 'late_payment' | 'status_conflict';

/** What becomes of a status that Lesspay states, for every pair. */
export function verdict(from: PayinStatus, to: LesspayStatus): Verdict {
  if (from === to) return 'same';
  switch (from) {
    case 'CREATING':
      return 'applied';
    case 'PENDING_CONFIRM':
      return 'applied';
    case 'PENDING_PAY':
      return to === 'PENDING_CONFIRM' ? 'stale' : 'applied';
    case 'PAID':
    case 'UNRESOLVED':
      return isPayable(to) ? 'stale' : 'applied';
    case 'SUCCEED':
      if (isPayable(to)) return 'stale';
      return to === 'REFUND' ? 'applied' : 'status_conflict';
    case 'REFUND':
      return isPayable(to) || to === 'SUCCEED' ? 'stale' : 'status_conflict';
    case 'FAILED':
    case 'CANCELED':
    case 'CLOSED':
    case 'REJECTED':
      return saysMoneyMoved(to) ? 'late_payment' : 'stale';
  }
}

/** Decides everything: the status, what changed and what a person must see. */
export function transition(payin: Payin, observation: Observation): Transition {
  const stranger = otherIdentity(payin, observation);
  if (stranger) return { payin, changes: [], alerts: [{ code: 'identity_mismatch', message: stranger }] };

  const alerts: Flag[] = [];
  const mismatch = otherAmount(payin, observation);
  if (mismatch) alerts.push({ code: 'amount_mismatch', message: mismatch });

  const known = learned(payin, observation);
  if (!isLesspayStatus(observation.status)) {
    alerts.push({ code: 'unknown_status', message: `Lesspay says "${observation.status}", a status unknown to us` });
    return { payin: known, changes: [], alerts };
  }

  const status = mismatch ? paidAtBest(observation.status) : observation.status;
  const what = verdict(payin.status, status);
  if (what === 'status_conflict' || what === 'late_payment')
    alerts.push({ code: what, message: `Lesspay says ${observation.status} after ${payin.status}` });
  if (what !== 'applied' && what !== 'late_payment') return { payin: known, changes: [], alerts };

  if (status === 'PAID' && !mismatch)
    alerts.push({ code: 'amount_mismatch', message: 'Lesspay says PAID: money arrived, but not the amount asked for' });
  return {
    payin: moved(known, status, observation.at),
    changes: [{ from: payin.status, to: status }],
    alerts,
  };
}

/** Lesspay refused to create the order, and surely none exists. */
export const rejected = (payin: Payin, at: number): Payin => moved(payin, 'REJECTED', at);

/** What a person may decide: where Lesspay leaves it open (`PAID`, `UNRESOLVED`), and a refund made by other means. */
export function resolvable(from: PayinStatus): LesspayStatus[] {
  if (from === 'SUCCEED') return ['REFUND'];
  if (from === 'PAID' || from === 'UNRESOLVED') return LESSPAY_STATUSES.filter(isOutcome);
  return [];
}

/** A person's decision. What Lesspay says afterwards is weighed against it like against its own word. */
export const resolved = (payin: Payin, to: LesspayStatus, at: number): Payin => moved(payin, to, at);

/** An operator says that the order under our request_id is ours after all: what it is, Lesspay must say. */
export function adopted({ outcome_at: _rejected, ...payin }: Payin): Payin {
  return { ...payin, status: 'CREATING' };
}

/** The watch window ended without an outcome. `PAID` stays `PAID`: a person decides. */
export function windowEnded(payin: Payin): Transition {
  const { status } = payin;
  if (isOutcome(status) || status === 'PAID') return { payin, changes: [], alerts: [] };
  const message = `watched to the end of the watch window without an outcome; last known: ${status}`;
  return {
    payin: { ...payin, status: 'UNRESOLVED' },
    changes: status === 'UNRESOLVED' ? [] : [{ from: status, to: 'UNRESOLVED' }],
    alerts: [{ code: 'unresolved', message }],
  };
}

function moved({ outcome_at: _before, ...payin }: Payin, status: PayinStatus, at: number): Payin {
  return isOutcome(status) ? { ...payin, status, outcome_at: at } : { ...payin, status };
}

/** The ids and the amount that were not known before. */
function learned(payin: Payin, { pay_order_id, amount, currency }: Observation): Payin {
  return {
    ...payin,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(payin.amount !== undefined || amount === undefined ? {} : { amount }),
    ...(payin.currency !== undefined || currency === undefined ? {} : { currency }),
  };
}

/** An order of another amount was not paid in full, whatever it says. */
const paidAtBest = (status: LesspayStatus): LesspayStatus => (saysMoneyMoved(status) ? 'PAID' : status);

/** Which id differs, in words; undefined where none does. */
export function otherIdentity(
  payin: Payin,
  seen: Pick<Observation, 'request_id' | 'pay_order_id'>,
): string | undefined {
  for (const id of ['request_id', 'pay_order_id'] as const) {
    const [ours, theirs] = [payin[id], seen[id]];
    if (ours !== undefined && theirs !== undefined && ours !== theirs)
      return `Lesspay names ${id} ${theirs}, ours is ${ours}`;
  }
  return undefined;
}

function otherAmount(payin: Payin, { amount, currency }: Observation): string | undefined {
  const same =
    (amount === undefined || payin.amount === undefined || sameDecimal(amount, payin.amount)) &&
    (currency === undefined || payin.currency === undefined || currency === payin.currency);
  return same
    ? undefined
    : `Lesspay states ${amount ?? payin.amount} ${currency ?? payin.currency}, ours is ${payin.amount} ${payin.currency}`;
}
