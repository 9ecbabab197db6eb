import type { HttpAnswer } from './answer';
import { orderRow, rowIds, statedTotal, type Order } from './answer-schemas';
import { readFound, rowsOf, type AskedOrder } from './query-answer';
import type { Redact } from './redact';
import { membersOf } from './stated';

/** One page of the orders in a time range. */
export interface OrderPage {
  /** All rows of the page, in Lesspay's order. */
  readonly rows: readonly ListedRow[];
  /** The number of orders on all pages; absent when the answer does not state it. */
  readonly total?: number;
}

/** A row of the page. A row that can't be read is kept too, with the ids that it states. */
export type ListedRow =
  { readonly readable: true; readonly order: Order } | { readonly readable: false; readonly ids: AskedOrder };

/**
 * Reads the answer to query-order without an id.
 * @returns a page; without rows when the answer is empty or "not found"
 * @throws LesspayError for every other answer
 */
export function readListAnswer(answer: HttpAnswer, redact: Redact): OrderPage {
  const found = readFound(answer, redact);
  if (!found) return { rows: [] };
  const total = totalOf(found.data);
  const rows = total === 0 ? [] : rowsOf(found.data).map(listedRow);
  return total === undefined ? { rows } : { rows, total };
}

/** A row without any id counts as not readable, because it does not say which order it is. */
function listedRow(row: unknown): ListedRow {
  const ids = rowIds.parse(row);
  const order = orderRow.safeParse(row).data;
  const named = ids.request_id !== undefined || ids.pay_order_id !== undefined;
  return order && named ? { readable: true, order } : { readable: false, ids };
}

/** The total, from the object with the rows or from one level inside it. */
function totalOf(data: unknown): number | undefined {
  const inner = ['data', 'page', 'result'].map((name) => membersOf(data)?.[name]);
  for (const place of [data, ...inner]) {
    const { total, total_count = total } = statedTotal.parse(place);
    if (total_count !== undefined) return Number(total_count);
  }
  return undefined;
}
