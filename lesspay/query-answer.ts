import { describe, readAnswer, type HttpAnswer, type ReadAnswer } from './answer';
import { orderRow, rowIds, type Order } from './answer-schemas';
import { LesspayError } from './errors';
import type { Redact } from './redact';
import { PAGE_SIZE } from './schemas';
import { membersOf } from './stated';

/** The ids of an order that is asked for, or that a row states. */
export interface AskedOrder {
  readonly request_id?: string | undefined;
  readonly pay_order_id?: string | undefined;
}

/**
 * Reads the answer to query-order.
 * @param known all known ids of the order. A row with one of them is the order's row, also when its other id differs
 * @returns the order, or undefined when Lesspay certainly does not have it
 * @throws LesspayError for every other answer; `unreadable` when it may contain the order
 */
export function readQueryAnswer(
  answer: HttpAnswer,
  asked: AskedOrder,
  redact: Redact,
  known = asked,
): Order | undefined {
  const found = readFound(answer, redact);
  if (!found) return undefined;
  const { data, details } = found;
  const rows = rowsOf(data).map((row) => ({ row, ids: rowIds.parse(row) }));
  const unreadable = (message: string) => new LesspayError('unreadable', 'did_not', message, details);

  const [match, ...more] = matching(rows, known);
  if (match) {
    const order = orderRow.safeParse(match.row).data;
    if (!order) throw unreadable('Lesspay answered query-order with the order, but its row can’t be read.');
    const others = more.map(({ row }) => JSON.stringify(orderRow.safeParse(row).data));
    if (others.some((other) => other !== JSON.stringify(order)))
      throw unreadable('Lesspay answered query-order with several orders of the same id.');
    return order;
  }
  if (rows.some(({ ids }) => !statesAskedId(ids, asked)))
    throw unreadable('Lesspay answered query-order with a row that does not say which order it is.');
  if (rows.length >= PAGE_SIZE) throw unreadable('Lesspay answered query-order with a page full of other orders.');
  return undefined;
}

/**
 * The content of a successful answer; undefined for "not found".
 * @throws LesspayError for every other answer
 */
export function readFound(answer: HttpAnswer, redact: Redact): Pick<ReadAnswer, 'data' | 'details'> | undefined {
  const { verdict, data, details } = readAnswer(answer, redact);
  if (verdict === 'success') return { data, details };
  if (verdict === 'not_found') return undefined;
  const kind = verdict === 'duplicate' ? 'unavailable' : verdict; // 1201 says nothing about a query
  throw new LesspayError(kind, 'did_not', describe(kind, details), details);
}

interface Row {
  readonly row: unknown;
  readonly ids: AskedOrder;
}

/** The rows with both ids, if any; else those with the `pay_order_id`; else those with the `request_id`. */
function matching(rows: readonly Row[], { pay_order_id, request_id }: AskedOrder): readonly Row[] {
  const byOrder = rows.filter(({ ids }) => pay_order_id !== undefined && ids.pay_order_id === pay_order_id);
  const byRequest = rows.filter(({ ids }) => request_id !== undefined && ids.request_id === request_id);
  const byBoth = byOrder.filter((row) => byRequest.includes(row));
  return [byBoth, byOrder, byRequest].find((found) => found.length > 0) ?? [];
}

const statesAskedId = (ids: AskedOrder, asked: AskedOrder): boolean =>
  (asked.pay_order_id !== undefined && ids.pay_order_id !== undefined) ||
  (asked.request_id !== undefined && ids.request_id !== undefined);

const LISTS = ['list', 'records', 'rows', 'items', 'orders'];
const WRAPPERS = ['order_data', 'orderData', 'data', 'page', 'result', 'order'];

/** The rows in `data`: one order, an array, or a page object that contains the array, directly or one level deeper. */
export function rowsOf(data: unknown, wrapped = true): readonly unknown[] {
  if (data === undefined || data === null) return [];
  if (Array.isArray(data)) return data;
  const members = membersOf(data);
  if (!members || isOrder(data)) return [data];
  for (const name of LISTS) {
    const list = members[name];
    if (Array.isArray(list)) return list;
    if (list === null) return [];
  }
  const inner = WRAPPERS.map((name) => members[name]).find((member) => typeof member === 'object' && member !== null);
  return wrapped && inner !== undefined ? rowsOf(inner, false) : [data];
}

/** Has it an id and a status? A page object may have a `status` too, and an order a list of `items`. */
function isOrder(data: unknown): boolean {
  const ids = rowIds.parse(data);
  return (ids.pay_order_id ?? ids.request_id) !== undefined && orderRow.safeParse(data).success;
}
