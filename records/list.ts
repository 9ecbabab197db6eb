import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { cursorAfter, readCursor } from './cursor';
import type { Queries } from './database';
import type { PayinFilter, PayinPage } from './payin-records';
import { viewColumns, viewOf } from './read-row';
import { payins } from './schema';

const NEWEST_FIRST = [desc(payins.created_at), desc(payins.request_id)];
const DAY_MS = 86_400_000;

/** `Records.list` */
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
  const wanted = and(conditions(filter), within(payins.outcome_at, outcome_from, outcome_to));
  if (outcome_from === undefined && outcome_to === undefined) return rowsWhere(queries, wanted, limit);

  // A range of outcomes may begin a million rows down the order of creation. Each kind of lag between the two bounds
  // where to look: most pay-ins end within a day; refunds may come later; only by a wrong clock does an end come early.
  const created = (from: string | undefined, to: string | undefined) => within(payins.created_at, from, to);
  const prompt = and(wanted, eq(payins.outcome_lag, 'prompt'), created(dayBefore(outcome_from), outcome_to));
  const late = and(wanted, eq(payins.outcome_lag, 'late'), created(undefined, dayBefore(outcome_to)));
  const early = and(wanted, eq(payins.outcome_lag, 'early'), created(outcome_from, undefined));
  return unionAll(rowsWhere(queries, prompt, limit), rowsWhere(queries, late, limit), rowsWhere(queries, early, limit))
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
    within(payins.created_at, created_from, created_to),
    cursor === undefined ? undefined : isAfter(cursor),
  );
}

function isAfter(cursor: string): SQL {
  const { created_at, request_id } = readCursor(cursor);
  return sql`(${payins.created_at}, ${payins.request_id}) < (${sql.param(created_at, payins.created_at)}, ${sql.param(request_id, payins.request_id)})`;
}

function within(column: typeof payins.created_at | typeof payins.outcome_at, from?: string, to?: string) {
  return and(from === undefined ? undefined : gte(column, from), to === undefined ? undefined : lt(column, to));
}

function dayBefore(instant: string | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(Date.parse(instant) - DAY_MS).toISOString();
}
