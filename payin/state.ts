import type { Flag } from './alerts';
import type { InOtherUnit } from './amount-unit';
import { type Word, amountsDiffer, currenciesDiffer, moneyInWords } from './word';

/**
 * What an observation does to a pay-in: the whole transition table, pure. Knows nothing of Temporal.
 * See docs/design.md, "Status".
 */

/** Lesspay's words (docs/lesspay.md, "Order status"). `PARTIAL_SUCCESS` is for pay-outs only: unknown here. */
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
/** Lesspay's statuses, and ours: `CREATING`, `UNRESOLVED`, `REJECTED`. */
export const PAYIN_STATUSES = ['CREATING', ...LESSPAY_STATUSES, 'UNRESOLVED', 'REJECTED'] as const;
export type PayinStatus = (typeof PAYIN_STATUSES)[number];

export const isLesspayStatus = (word: string): word is LesspayStatus =>
  (LESSPAY_STATUSES as readonly string[]).includes(word);

/** A final status. Only a late payment, a refund or an operator changes it. */
export function isOutcome(status: PayinStatus): boolean {
  return status === 'REJECTED' || status === 'SUCCEED' || status === 'REFUND' || isUnpaidEnd(status);
}

/** The payer can still pay. */
export const isPayable = (status: PayinStatus): boolean => status === 'PENDING_CONFIRM' || status === 'PENDING_PAY';

const isUnpaidEnd = (status: PayinStatus) => status === 'FAILED' || status === 'CANCELED' || status === 'CLOSED';
export const saysMoneyMoved = (status: PayinStatus) => status === 'SUCCEED' || status === 'PAID' || status === 'REFUND';

/** The part of a pay-in that observations change. */
export interface Payin {
  readonly request_id: string;
  /** Decimal string, major units. Absent, like the currency, while neither the merchant nor Lesspay has stated it. */
  readonly amount?: string;
  readonly currency?: string;
  readonly status: PayinStatus;
  readonly pay_order_id?: string;
  /** When the present outcome came, epoch ms. */
  readonly outcome_at?: number;
  /** Epoch ms of the first `PAID`: money has come, whatever Lesspay says later. */
  readonly paid_at?: number;
}

/** What Lesspay said of an order at one time. An absent member was not stated, which is no difference. */
export interface Observation extends Word, InOtherUnit {
  readonly request_id?: string;
  readonly pay_order_id?: string;
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

/** What to do with a status that Lesspay states, for every pair of statuses. */
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
      return isPayable(to) ? 'stale' : 'status_conflict';
    case 'FAILED':
    case 'CANCELED':
    case 'CLOSED':
    case 'REJECTED':
      return saysMoneyMoved(to) ? 'late_payment' : 'stale';
  }
}

/** Does a webhook state a status that an order has before it gets the pay-in's? Then the webhook may merely be late. */
export const mayBeLate = (status: PayinStatus, said: string): boolean =>
  (said === 'PAID' && (status === 'SUCCEED' || status === 'REFUND')) || (said === 'SUCCEED' && status === 'REFUND');

/** Decides everything: the status, what changed and what a person must see. */
export function transition(payin: Payin, observation: Observation): Transition {
  const stranger = otherIdentity(payin, observation);
  if (stranger) return { payin, changes: [], alerts: [{ code: 'identity_mismatch', message: stranger }] };

  const alerts: Flag[] = [];
  const mismatch = otherAmount(payin, observation);
  if (mismatch) alerts.push(mismatch);

  const known = learned(payin, observation);
  if (!isLesspayStatus(observation.status)) {
    alerts.push(unknownStatus(observation.status));
    return { payin: known, changes: [], alerts };
  }

  const status = mismatch ? paidAtBest(observation.status) : observation.status;
  const what = verdict(payin.status, status);
  // The other amount is flagged already: a `status_conflict` would flag the same money twice.
  const isSaid = what === 'status_conflict' && mismatch && saysMoneyMoved(status);
  if ((what === 'status_conflict' || what === 'late_payment') && !isSaid)
    alerts.push({ code: what, message: `Lesspay says ${observation.status} after ${payin.status}` });
  if (what !== 'applied' && what !== 'late_payment') return { payin: known, changes: [], alerts };

  if (status === 'PAID' && !mismatch)
    alerts.push({ code: 'amount_mismatch', message: 'Lesspay says PAID: money arrived, but not the amount asked for' });
  if (isUnpaidEnd(status) && payin.paid_at !== undefined)
    alerts.push({
      code: 'ended_with_money',
      message: `Lesspay says ${status} after PAID: money came, and is still there`,
    });
  return {
    payin: moved(known, status, observation.at),
    changes: [{ from: payin.status, to: status }],
    alerts,
  };
}

/** Lesspay refused to create the order, and surely none exists. */
export const rejected = (payin: Payin, at: number): Payin => moved(payin, 'REJECTED', at);

/**
 * The statuses that a person may decide: where Lesspay leaves it open (`PAID`, `UNRESOLVED`, an unpaid end although money
 * came), after a refund that Lesspay does not know of, and after a refund that was reversed.
 */
export function resolvable({ status, paid_at }: Payin): LesspayStatus[] {
  if (status === 'SUCCEED') return ['REFUND'];
  if (status === 'REFUND') return ['SUCCEED'];
  if (status === 'PAID' || status === 'UNRESOLVED') return LESSPAY_STATUSES.filter(isOutcome);
  return isUnpaidEnd(status) && paid_at !== undefined ? ['SUCCEED', 'REFUND'] : [];
}

/** A person's decision. Later answers of Lesspay are compared with it like with a status of Lesspay's own. */
export const resolved = (payin: Payin, to: LesspayStatus, at: number): Payin => moved(payin, to, at);

/** An operator says that the order under our request_id is ours. Its status is open until Lesspay states it. */
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

function moved({ outcome_at: _before, paid_at, ...payin }: Payin, status: PayinStatus, at: number): Payin {
  const paid = paid_at ?? (status === 'PAID' ? at : undefined);
  return {
    ...payin,
    status,
    ...(isOutcome(status) ? { outcome_at: at } : {}),
    ...(paid === undefined ? {} : { paid_at: paid }),
  };
}

/** Adds the id, the amount and the currency, if they were not known before. */
function learned(payin: Payin, { pay_order_id, amount, currency }: Observation): Payin {
  return {
    ...payin,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(payin.amount !== undefined || amount === undefined ? {} : { amount }),
    ...(payin.currency !== undefined || currency === undefined ? {} : { currency }),
  };
}

/** An order of another amount was not paid in full, whatever status Lesspay states. */
const paidAtBest = (status: LesspayStatus): LesspayStatus => (saysMoneyMoved(status) ? 'PAID' : status);

/** @returns a message that names the id that differs; undefined if none does */
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

/** Flags an amount or currency other than ours. With `REFUND`, after all was paid, it is most likely a refund of a part. */
function otherAmount(payin: Payin, observation: Observation): Flag | undefined {
  if (!amountsDiffer(payin, observation) && !currenciesDiffer(payin, observation)) return undefined;
  const { status, amount = payin.amount, currency = payin.currency } = observation;
  const [theirs, ours] = [moneyInWords({ amount, currency }), `ours is ${moneyInWords(payin)}`];
  if (status === 'REFUND' && (payin.status === 'SUCCEED' || payin.status === 'REFUND'))
    return { code: 'part_refund', message: `Lesspay says REFUND of ${theirs}, ${ours}: most likely a part went back` };
  if (observation.other_unit)
    return { code: 'amount_unit', message: `Lesspay states ${theirs}, ${ours}: the units of the amount are mixed up` };
  const says = isLesspayStatus(status) && saysMoneyMoved(status) ? `says ${status} of` : 'states';
  return { code: 'amount_mismatch', message: `Lesspay ${says} ${theirs}, ${ours}` };
}

/** For a status in a webhook or in an answer of query-order. */
export const unknownStatus = (status: string): Flag => ({
  code: 'unknown_status',
  message: `Lesspay says "${status.slice(0, 64)}", a status unknown to us`,
});
