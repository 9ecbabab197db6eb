import type { HttpAnswer } from './answer';
import { orderRow, rowIds, statedTotal, type Order } from './answer-schemas';
import { readFound, rowsOf, type AskedOrder } from './query-answer';
import type { Redact } from './redact';
import { membersOf } from './stated';

/** One page of the orders of a time range, as Lesspay shows it. */
export interface OrderPage {
  /** As many as the page holds, in Lesspay's order. */
  readonly rows: readonly ListedRow[];
  /** How many orders the answer says there are on all pages; absent where it does not say. */
  readonly total?: number;
}

/** A row is never dropped: one that can't be read says as much as can be read of it. */
export type ListedRow =
  { readonly readable: true; readonly order: Order } | { readonly readable: false; readonly ids: AskedOrder };

/**
 * Reads the answer to query-order without an id.
 * @throws LesspayError for every answer but a page; an empty one, or "not found", is a page without rows
 */
export function readListAnswer(answer: HttpAnswer, redact: Redact): OrderPage {
  const found = readFound(answer, redact);
  if (!found) return { rows: [] };
  const total = totalOf(found.data);
  const rows = total === 0 ? [] : rowsOf(found.data).map(listedRow);
  return total === undefined ? { rows } : { rows, total };
}

/** An order without any id can't be told from another. */
function listedRow(row: unknown): ListedRow {
  const ids = rowIds.parse(row);
  const order = orderRow.safeParse(row).data;
  const named = ids.request_id !== undefined || ids.pay_order_id !== undefined;
  return order && named ? { readable: true, order } : { readable: false, ids };
}

/** Beside the rows, or one level up or down from them. */
function totalOf(data: unknown): number | undefined {
  const inner = ['data', 'page', 'result'].map((name) => membersOf(data)?.[name]);
  for (const place of [data, ...inner]) {
    const { total, total_count = total } = statedTotal.parse(place);
    if (total_count !== undefined) return Number(total_count);
  }
  return undefined;
}
