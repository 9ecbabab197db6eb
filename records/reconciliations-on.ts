import { and, asc, count, desc, eq, gt, gte, inArray, lt, not, notExists, type SQL, sql } from 'drizzle-orm';
import {
  isUnflagged,
  type Difference,
  type ReconciliationCounts,
  type ReconciliationReport,
  type ReportEnd,
  type ReportRange,
} from './reconciliation-report';
import type { Database, Queries } from './database';
import { recordColumns, recordOf } from './read-row';
import type { NotedDifference, ReconciliationRecords, SeenPage } from './reconciliation-records';
import { payins, reconciliationDifferences, reconciliations, reconciliationSeen } from './schema';

const KEPT_MS = 90 * 24 * 3_600_000;

const differences = reconciliationDifferences;
const seen = reconciliationSeen;

/** `Records.reconciliations`, but for bringing the schema up to date and naming the errors. */
export function reconciliationsOn(database: Database): ReconciliationRecords {
  const { queries } = database;
  return {
    async open({ report_id, by, from, to, started_at }) {
      const start = { report_id, started_by: by, range_from: from, range_to: to, started_at, notes: [] };
      await queries.insert(reconciliations).values(start).onConflictDoNothing();
      const oldest = new Date(Date.parse(started_at) - KEPT_MS).toISOString();
      await queries.delete(reconciliations).where(lt(reconciliations.started_at, oldest));
    },
    see: (page) => see(queries, page),
    unseen: (range, page) => unseen(queries, range, page),
    async note(report_id, noted) {
      if (noted.length === 0) return;
      await queries
        .insert(differences)
        .values(noted.map((difference) => ({ ...difference, report_id })))
        .onConflictDoNothing();
    },
    async awaited(report_id, { after, limit }) {
      const waiting = and(
        eq(differences.report_id, report_id),
        inArray(differences.action, ['woken', 'resumed']),
        not(inArray(differences.result, ['repaired', 'acknowledged'])),
        after && sql`(${differences.order_key}, ${differences.kind}) > (${after.order_key}, ${after.kind})`,
      );
      const rows = await queries
        .select()
        .from(differences)
        .where(waiting)
        .orderBy(asc(differences.order_key), asc(differences.kind))
        .limit(limit);
      return rows.map(notedOf);
    },
    setResults: (report_id, results) =>
      database.transaction(async (queries) => {
        for (const { order_key, kind, ...now } of results)
          await queries
            .update(differences)
            .set(now)
            .where(isDifference(report_id, order_key, kind));
      }),
    async differences(report_id, limit) {
      const rows = await queries
        .select()
        .from(differences)
        .where(eq(differences.report_id, report_id))
        .orderBy(asc(differences.order_key), asc(differences.kind))
        .limit(limit);
      return rows.map(differenceOf);
    },
    close: (end) => database.transaction((queries) => close(queries, end)),
    find: (report_id) => find(queries, report_id),
    async list(limit) {
      const rows = await queries
        .select()
        .from(reconciliations)
        .orderBy(desc(reconciliations.started_at), desc(reconciliations.report_id))
        .limit(limit);
      return rows.map(reportOf);
    },
  };
}

async function see(queries: Queries, { report_id, part, page, orders }: SeenPage): Promise<number> {
  if (orders.length === 0) return 0;
  await queries
    .insert(seen)
    .values(orders.map((order) => ({ ...order, report_id, part, page })))
    .onConflictDoNothing();
  const first = and(eq(seen.report_id, report_id), eq(seen.part, part), eq(seen.page, page));
  const [shown] = await queries.select({ orders: count() }).from(seen).where(first);
  return shown?.orders ?? 0;
}

async function unseen(
  queries: Queries,
  { report_id, from, to }: ReportRange,
  { after, limit }: { readonly after: string; readonly limit: number },
) {
  const shownAs = (id: SQL) =>
    queries
      .select()
      .from(seen)
      .where(and(eq(seen.report_id, report_id), id));
  const missing = and(
    gte(payins.created_at, from),
    lt(payins.created_at, to),
    not(inArray(payins.status, ['CREATING', 'REJECTED'])),
    sql`not coalesce((${payins.facts} ->> 'taken')::boolean, false)`,
    gt(payins.request_id, after),
    notExists(shownAs(eq(seen.request_id, payins.request_id))),
    notExists(shownAs(eq(seen.pay_order_id, payins.pay_order_id))),
  );
  const rows = await queries
    .select(recordColumns)
    .from(payins)
    .where(missing)
    .orderBy(asc(payins.request_id))
    .limit(limit);
  return rows.map(recordOf);
}

async function close(queries: Queries, end: ReportEnd): Promise<ReconciliationReport> {
  const { report_id, finished_at, outcome, notes, asked_by_id, not_ours, pages } = end;
  const kept = await find(queries, report_id);
  // Told again: what it counted is no longer there to be counted.
  if (kept?.outcome !== undefined) return kept;
  const [shown] = await queries
    .select({ orders: sql<number>`count(distinct ${seen.order_key})::integer` })
    .from(seen)
    .where(eq(seen.report_id, report_id));
  const counts: ReconciliationCounts = {
    orders: shown?.orders ?? 0,
    pages,
    asked_by_id,
    not_ours,
    ...(await countDifferences(queries, report_id)),
  };
  await queries
    .update(reconciliations)
    .set({ finished_at, outcome, notes, counts })
    .where(eq(reconciliations.report_id, report_id));
  await queries.delete(seen).where(eq(seen.report_id, report_id));
  const report = await find(queries, report_id);
  if (!report) throw new Error(`the report ${report_id} was never opened`);
  return report;
}

async function countDifferences(queries: Queries, report_id: string) {
  const { kind, result, action } = differences;
  const groups = await queries
    .select({ kind, result, action, count: count() })
    .from(differences)
    .where(eq(differences.report_id, report_id))
    .groupBy(kind, result, action);
  const by_kind: Partial<Record<Difference['kind'], number>> = {};
  const by_result: Partial<Record<Difference['result'], number>> = {};
  const unflagged: Partial<Record<Difference['kind'], number>> = {};
  for (const { count, ...group } of groups) {
    const { kind, result } = group;
    by_kind[kind] = (by_kind[kind] ?? 0) + count;
    by_result[result] = (by_result[result] ?? 0) + count;
    if (isUnflagged(group)) unflagged[kind] = (unflagged[kind] ?? 0) + count;
  }
  return { differences: groups.reduce((sum, group) => sum + group.count, 0), by_kind, by_result, unflagged };
}

async function find(queries: Queries, report_id: string): Promise<ReconciliationReport | undefined> {
  const [row] = await queries.select().from(reconciliations).where(eq(reconciliations.report_id, report_id));
  return row && reportOf(row);
}

const isDifference = (report_id: string, order_key: string, kind: Difference['kind']) =>
  and(eq(differences.report_id, report_id), eq(differences.order_key, order_key), eq(differences.kind, kind));

const NOTHING_COUNTED: ReconciliationCounts = {
  orders: 0,
  pages: 0,
  asked_by_id: 0,
  not_ours: 0,
  differences: 0,
  by_kind: {},
  by_result: {},
};

function reportOf({
  started_by,
  range_from,
  range_to,
  finished_at,
  outcome,
  counts,
  ...row
}: typeof reconciliations.$inferSelect): ReconciliationReport {
  return {
    ...row,
    by: started_by,
    from: range_from,
    to: range_to,
    ...(finished_at === null ? {} : { finished_at }),
    ...(outcome === null ? {} : { outcome }),
    counts: counts ?? NOTHING_COUNTED,
  };
}

type DifferenceRow = typeof reconciliationDifferences.$inferSelect;

function differenceOf({ kind, request_id, pay_order_id, ours, theirs, action, result }: DifferenceRow): Difference {
  return {
    kind,
    ...(request_id === null ? {} : { request_id }),
    ...(pay_order_id === null ? {} : { pay_order_id }),
    ...(ours ? { ours } : {}),
    ...(theirs ? { theirs } : {}),
    action,
    result,
  };
}

const notedOf = (row: DifferenceRow): NotedDifference => ({
  ...differenceOf(row),
  order_key: row.order_key,
  ...(row.last_event === null ? {} : { last_event: row.last_event }),
});
