import { and, asc, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Database } from './database';
import { erase } from './erase';
import { ordersError } from './errors';
import { list } from './list';
import { migrate } from './migrate';
import type { PayinEvent } from '../payin/events';
import type { EventsPage, Records } from './payin-records';
import { recordColumns, recordOf } from './read-row';
import { reconciliationsOn } from './reconciliations-on';
import { record } from './record';
import { payinEvents, payins } from './schema';

/** The order records kept in this database, which they close. */
export function recordsOn(database: Database): Records {
  const ready = once(() => migrate(database));

  async function when<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      await ready();
      return await work();
    } catch (error) {
      throw ordersError(error, database);
    }
  }
  const { queries } = database;
  const reconciliations = reconciliationsOn(database);
  return {
    record: (write) => when(() => record(database, write)),
    find: (request_id) => when(() => findWhere(database, eq(payins.request_id, request_id))),
    findMany: (request_ids) => when(() => findMany(database, request_ids)),
    findByPayOrderId: (id) => when(() => findWhere(database, eq(payins.pay_order_id, id))),
    list: (filter) => when(() => list(queries, filter)),
    events: (request_id, page) => when(() => eventsOf(database, request_id, page)),
    erase: (request_id) => when(() => erase(database, request_id)),
    reconciliations: {
      open: (start) => when(() => reconciliations.open(start)),
      see: (page) => when(() => reconciliations.see(page)),
      unseen: (range, page) => when(() => reconciliations.unseen(range, page)),
      note: (report_id, noted) => when(() => reconciliations.note(report_id, noted)),
      awaited: (report_id, page) => when(() => reconciliations.awaited(report_id, page)),
      setResults: (report_id, results) => when(() => reconciliations.setResults(report_id, results)),
      differences: (report_id, limit) => when(() => reconciliations.differences(report_id, limit)),
      close: (end) => when(() => reconciliations.close(end)),
      find: (report_id) => when(() => reconciliations.find(report_id)),
      list: (limit) => when(() => reconciliations.list(limit)),
    },
    ping: () =>
      when(async () => {
        await queries.execute(sql`select 1`);
      }),
    close: () => database.close(),
  };
}

async function findWhere({ queries }: Database, condition: ReturnType<typeof eq>) {
  const [row] = await queries
    .select(recordColumns)
    .from(payins)
    .where(condition)
    .orderBy(desc(payins.created_at))
    .limit(1);
  return row === undefined ? undefined : recordOf(row);
}

async function findMany({ queries }: Database, request_ids: readonly string[]) {
  if (request_ids.length === 0) return [];
  const rows = await queries
    .select(recordColumns)
    .from(payins)
    .where(inArray(payins.request_id, [...request_ids]));
  return rows.map(recordOf);
}

function eventsOf({ queries }: Database, request_id: string, { after = 0, limit }: EventsPage): Promise<PayinEvent[]> {
  const { number, at, kind, source, data } = payinEvents;
  return queries
    .select({ number, at, kind, source, data })
    .from(payinEvents)
    .where(and(eq(payinEvents.request_id, request_id), gt(number, after)))
    .orderBy(asc(number))
    .limit(limit);
}

/** Does it once for all callers; after a failure, again for the next one. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () =>
    (done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    }));
}
