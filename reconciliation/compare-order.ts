import { sameDecimal } from '../lesspay/decimal';
import type { Order } from '../lesspay/answer-schemas';
import type { PayinRecord } from '../records/payin-record';
import type { DifferenceKind, OrderSide } from '../records/reconciliation-report';
import {
  isDecidedOver,
  isLesspayStatus,
  isOutcome,
  isPayable,
  type Payin,
  type PayinStatus,
  saysMoneyMoved,
  transition,
} from '../payin/state';
import type { AlertCode, Flag } from '../payin/alerts';

/** What is kept of a pay-in and matters here. */
export type Recorded = Pick<
  PayinRecord,
  'request_id' | 'pay_order_id' | 'amount' | 'currency' | 'status' | 'alerts'
> & {
  readonly facts: Pick<PayinRecord['facts'], 'taken' | 'decided_over'>;
};

/** What Lesspay's list says of an order. */
export type Listed = Pick<Order, 'request_id' | 'pay_order_id' | 'amount' | 'currency' | 'status'>;

export type OrderDifference = Extract<
  DifferenceKind,
  'status_behind' | 'status_contradicts' | 'unknown_status' | 'amount_differs' | 'currency_differs' | 'id_differs'
>;

/**
 * In what an order at Lesspay and our record of it differ, by the pay-in's own rules (`payin-state.ts`): none where
 * asking Lesspay would change nothing, and nobody need know.
 */
export function compareOrder(order: Listed, record: Recorded): OrderDifference[] {
  // Somebody else's order goes by our request_id: the pay-in has flagged that, and nothing said of it is ours.
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

/** A row without a `request_id` was found by its `pay_order_id`, and the other way round. */
const otherOrder = (order: Listed, record: Recorded): boolean =>
  differ(order.request_id, record.request_id) || differ(order.pay_order_id, record.pay_order_id);

const bothStated = (theirs: string | undefined, ours: string | undefined): boolean =>
  theirs !== undefined && ours !== undefined;
const differ = (theirs: string | undefined, ours: string | undefined): boolean =>
  bothStated(theirs, ours) && theirs !== ours;

function compareStatus(order: Listed, record: Recorded): OrderDifference | undefined {
  const { status } = record;
  // That Lesspay still says what a person decided over is no news.
  if (order.status === status || isDecidedOver(record.facts.decided_over, order)) return undefined;
  const { changes, alerts } = transition(payinOf(record), { ...order, at: 0 });
  if (changes.length > 0) return 'status_behind';
  if (alerts.some(({ code }) => code === 'unknown_status')) return 'unknown_status';
  if (alerts.some(({ code }) => code === 'status_conflict')) return 'status_contradicts';
  return isLag(status, order.status) || isPaidOtherwise(order, record) ? undefined : 'status_contradicts';
}

/** Ours may say less than theirs, or the same in other words: then it need not follow. */
function isLag(ours: PayinStatus, theirs: string): boolean {
  if (ours === 'UNRESOLVED') return true;
  return isPayable(ours) && theirs === 'PENDING_CONFIRM';
}

/** Money in another amount or currency is told of as that, whatever word Lesspay has for it. */
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

/** What the pay-in flags when it is woken and sees the same. */
const FLAGGED_AS: Readonly<Partial<Record<DifferenceKind, readonly AlertCode[]>>> = {
  amount_differs: ['amount_mismatch', 'part_refund'],
  currency_differs: ['amount_mismatch', 'part_refund'],
  status_contradicts: ['status_conflict'],
  unknown_status: ['unknown_status'],
  id_differs: ['identity_mismatch'],
};

/**
 * What is to be done about a difference. `wake` where the pay-in would learn or flag something by asking Lesspay;
 * `flagged` where it has flagged it already, `acknowledged` where a person has dealt with that; `report` where it never
 * would.
 */
export type Remedy = 'wake' | 'flagged' | 'acknowledged' | 'report';

export function remedy(kind: OrderDifference, order: Listed, record: Recorded): Remedy {
  if (kind === 'status_behind') return 'wake';
  if (kind === 'id_differs' && record.pay_order_id === undefined) return 'wake';
  if (kind !== 'id_differs' && isDecidedOver(record.facts.decided_over, order)) return 'acknowledged';
  const codes = FLAGGED_AS[kind] ?? [];
  const raised = transition(payinOf(record), { ...order, at: 0 }).alerts.filter(({ code }) => codes.includes(code));
  // Only after money came does a pay-in flag what contradicts it; between unpaid ends the first stays, in silence.
  if (raised.length === 0) return 'report';
  const isRaised = (alert: Flag) =>
    raised.some(({ code, message }) => alert.code === code && alert.message === message);
  return unlessFlagged(record.alerts.filter(isRaised));
}

/** Of an order that Lesspay does not find. `watch` where the run, if there is one, asks and flags by itself. */
export function remedyOfMissing(record: Recorded): Remedy | 'watch' {
  const { status } = record;
  // Money was said to have come, or the order to be over: asking again tells the pay-in nothing.
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
