import { sameDecimal } from '../lesspay/decimal';
import type { Order } from '../lesspay/answer-schemas';
import type { PayinRecord } from '../records/payin-record';
import type { DifferenceKind, OrderSide } from '../records/reconciliation-report';
import { type InOtherUnit, inOurUnit } from '../payin/amount-unit';
import { isDecidedOver } from '../payin/word';
import {
  isLesspayStatus,
  isOutcome,
  isPayable,
  type Payin,
  type PayinStatus,
  saysMoneyMoved,
  transition,
} from '../payin/state';
import type { AlertCode, Flag } from '../payin/alerts';

/** The members of a record that are compared. */
export type Recorded = Pick<
  PayinRecord,
  'request_id' | 'pay_order_id' | 'amount' | 'currency' | 'status' | 'alerts'
> & {
  readonly facts: Pick<PayinRecord['facts'], 'taken' | 'decided_over' | 'request'>;
};

/** The members of an order at Lesspay that are compared. */
export type Listed = Pick<Order, 'request_id' | 'pay_order_id' | 'amount' | 'currency' | 'status'>;

export type OrderDifference = Extract<
  DifferenceKind,
  'status_behind' | 'status_contradicts' | 'unknown_status' | 'amount_differs' | 'currency_differs' | 'id_differs'
>;

/**
 * The differences between an order at Lesspay and our record of it, by the pay-in's own rules (`payin/state.ts`). What these
 * rules would neither apply nor flag is not a difference.
 */
export function compareOrder(listed: Listed, record: Recorded): OrderDifference[] {
  const order = inOurUnit(record.facts.request, listed);
  // The order with our request_id is not this pay-in's. The pay-in has flagged that, and ignores the order.
  if (record.facts.taken) return [];
  if (otherOrder(order, record)) return ['id_differs'];
  const differences: OrderDifference[] = [];
  if (record.pay_order_id === undefined && order.pay_order_id !== undefined) differences.push('id_differs');
  if (bothStated(order.amount, record.amount) && !sameDecimal(order.amount ?? '', record.amount ?? ''))
    differences.push('amount_differs');
  if (bothStated(order.currency, record.currency) && order.currency !== record.currency)
    differences.push('currency_differs');
  const status = compareStatus(order, record);
  if (status) differences.push(status);
  return differences;
}

/** Does one of the two ids differ? The row was found by the other one. */
const otherOrder = (order: Listed, record: Recorded): boolean =>
  differ(order.request_id, record.request_id) || differ(order.pay_order_id, record.pay_order_id);

const bothStated = (theirs: string | undefined, ours: string | undefined): boolean =>
  theirs !== undefined && ours !== undefined;
const differ = (theirs: string | undefined, ours: string | undefined): boolean =>
  bothStated(theirs, ours) && theirs !== ours;

function compareStatus(order: Listed & InOtherUnit, record: Recorded): OrderDifference | undefined {
  const { status } = record;
  // A person has decided in spite of this status of Lesspay's: it is not a new difference.
  if (order.status === status || isDecidedOver(record.facts.decided_over, order)) return undefined;
  const { changes, alerts } = transition(payinOf(record), { ...order, at: 0 });
  if (changes.length > 0) return 'status_behind';
  if (alerts.some(({ code }) => code === 'unknown_status')) return 'unknown_status';
  if (alerts.some(({ code }) => code === 'status_conflict')) return 'status_contradicts';
  return isNoNews(status, order.status) || isPaidOtherwise(order, record) ? undefined : 'status_contradicts';
}

/** Is Lesspay's status no news for ours? Ours is `UNRESOLVED`, or both say that the order is not paid yet. */
function isNoNews(ours: PayinStatus, theirs: string): boolean {
  if (ours === 'UNRESOLVED') return true;
  return isPayable(ours) && theirs === 'PENDING_CONFIRM';
}

/** Money came in another amount or currency: that is reported as `amount_differs` or `currency_differs`, not as a status. */
const isPaidOtherwise = (order: Listed, record: Recorded): boolean =>
  isLesspayStatus(order.status) &&
  saysMoneyMoved(order.status) &&
  (differ(order.currency, record.currency) ||
    (bothStated(order.amount, record.amount) && !sameDecimal(order.amount ?? '', record.amount ?? '')));

function payinOf({ request_id, pay_order_id, amount, currency, status }: Recorded): Payin {
  return {
    request_id,
    status,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
  };
}

/** The alerts that the pay-in raises when it is woken and sees the same difference. */
const FLAGGED_AS: Readonly<Partial<Record<DifferenceKind, readonly AlertCode[]>>> = {
  amount_differs: ['amount_mismatch', 'amount_unit', 'part_refund'],
  currency_differs: ['amount_mismatch', 'part_refund'],
  status_contradicts: ['status_conflict'],
  unknown_status: ['unknown_status'],
  id_differs: ['identity_mismatch'],
};

/**
 * What to do about a difference. `wake`: the pay-in would apply or flag it when it asks Lesspay. `flagged`: the pay-in has an
 * open alert about it. `acknowledged`: a person has acknowledged that alert. `report`: the pay-in would do nothing.
 */
export type Remedy = 'wake' | 'flagged' | 'acknowledged' | 'report';

export function remedy(kind: OrderDifference, listed: Listed, record: Recorded): Remedy {
  const order = inOurUnit(record.facts.request, listed);
  if (kind === 'status_behind') return 'wake';
  if (kind === 'id_differs' && record.pay_order_id === undefined) return 'wake';
  if (kind !== 'id_differs' && isDecidedOver(record.facts.decided_over, order)) return 'acknowledged';
  const codes = FLAGGED_AS[kind] ?? [];
  const raised = transition(payinOf(record), { ...order, at: 0 }).alerts.filter(({ code }) => codes.includes(code));
  // A pay-in flags a contradiction only after money came. Of two unpaid ends it keeps the first, without an alert.
  if (raised.length === 0) return 'report';
  const isRaised = (alert: Flag) =>
    raised.some(({ code, message }) => alert.code === code && alert.message === message);
  return unlessFlagged(record.alerts.filter(isRaised));
}

/** What to do about an order that Lesspay does not find. `watch`: an open run polls Lesspay and flags the pay-in itself. */
export function remedyOfMissing(record: Recorded): Remedy | 'watch' {
  const { status } = record;
  // The pay-in has an outcome, or money came: "not found" would change nothing.
  if (isOutcome(status) || status === 'PAID') return 'report';
  return status === 'UNRESOLVED' ? unlessFlagged(record.alerts.filter(({ code }) => code === 'unresolved')) : 'watch';
}

function unlessFlagged(flags: Recorded['alerts']): Remedy {
  const last = flags.filter(({ over_at }) => over_at === undefined);
  if (last.length === 0) return 'wake';
  return last.every(({ acknowledged_at }) => acknowledged_at !== undefined) ? 'acknowledged' : 'flagged';
}

/** Both sides as the report shows them. */
export function oursOf({ status, pay_order_id, amount, currency }: Recorded): OrderSide<PayinStatus> {
  return {
    status,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
  };
}

export function theirsOf({ status, pay_order_id, amount, currency }: Listed): OrderSide {
  return {
    status,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
  };
}
