import { and, desc, eq, gte, lt, not, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { cursorAfter, readCursor } from './cursor';
import type { Queries } from './database';
import type { PayinFilter, PayinPage } from './order-records';
import { viewColumns, viewOf } from './read-row';
import { payins } from './schema';

const NEWEST_FIRST = [desc(payins.created_at), desc(payins.request_id)];
const DAY_MS = 86_400_000;

/** `Orders.list` */
export async function list(queries: Queries, filter: PayinFilter): Promise<PayinPage> {
  // One more than the page, to see whether another follows.
  const rows = await select(queries, filter, filter.limit + 1);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    payins: page.map(viewOf),
    ...(last !== undefined && rows.length > page.length ? { next_cursor: cursorAfter(last) } : {}),
  };
}

function select(queries: Queries, filter: PayinFilter, limit: number) {
  const { outcome_from, outcome_to } = filter;
  const wanted = conditions(filter);
  if (outcome_from === undefined && outcome_to === undefined) return rowsWhere(queries, wanted, limit);

  // Read in the order of creation, a range of outcomes may begin a million rows away. But most pay-ins end within a day:
  // theirs begins where the range does, give or take that day. The few others have an index of their own.
  const inRange = and(
    wanted,
    outcome_from === undefined ? undefined : gte(payins.outcome_at, outcome_from),
    outcome_to === undefined ? undefined : lt(payins.outcome_at, outcome_to),
  );
  const prompt = and(
    inRange,
    not(payins.outcome_late),
    outcome_from === undefined ? undefined : gte(payins.created_at, dayBefore(outcome_from)),
    outcome_to === undefined ? undefined : lt(payins.created_at, outcome_to),
  );
  const late = and(inRange, payins.outcome_late);
  return unionAll(rowsWhere(queries, prompt, limit), rowsWhere(queries, late, limit))
    .orderBy(...NEWEST_FIRST)
    .limit(limit);
}

function rowsWhere(queries: Queries, condition: SQL | undefined, limit: number) {
  return queries
    .select(viewColumns)
    .from(payins)
    .where(condition)
    .orderBy(...NEWEST_FIRST)
    .limit(limit);
}

function conditions({ status, currency, needs_attention, created_from, created_to, cursor }: PayinFilter) {
  return and(
    status === undefined ? undefined : eq(payins.status, status),
    currency === undefined ? undefined : eq(payins.currency, currency),
    needs_attention === undefined ? undefined : eq(payins.needs_attention, needs_attention),
    created_from === undefined ? undefined : gte(payins.created_at, created_from),
    created_to === undefined ? undefined : lt(payins.created_at, created_to),
    cursor === undefined ? undefined : isAfter(cursor),
  );
}

function isAfter(cursor: string): SQL {
  const { created_at, request_id } = readCursor(cursor);
  return sql`(${payins.created_at}, ${payins.request_id}) < (${sql.param(created_at, payins.created_at)}, ${sql.param(request_id, payins.request_id)})`;
}

const dayBefore = (instant: string): string => new Date(Date.parse(instant) - DAY_MS).toISOString();
