import { and, asc, desc, eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from './database';
import { erase } from './erase';
import { recordsError } from './errors';
import { list } from './list';
import { migrate } from './migrate';
import type { PayinEvent } from '../payin/events';
import type { EventsPage, Records } from './payin-records';
import { recordColumns, recordOf } from './read-row';
import { reconciliationsOn } from './reconciliations-on';
import { markNotified, record } from './record';
import { payinEvents, payins } from './schema';

/** The order records in this database. `close` also closes the database. */
export function recordsOn(database: Database): Records {
  const ready = once(() => migrate(database));

  async function whenReady<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      await ready();
      return await work();
    } catch (error) {
      throw recordsError(error, database);
    }
  }
  const { queries } = database;
  const reconciliations = reconciliationsOn(database);
  return {
    record: (write) => whenReady(() => record(database, write)),
    markNotified: (notified) => whenReady(() => markNotified(database, notified)),
    find: (request_id) => whenReady(() => findWhere(database, eq(payins.request_id, request_id))),
    findMany: (request_ids) => whenReady(() => findMany(database, request_ids)),
    findByPayOrderId: (id) => whenReady(() => findWhere(database, eq(payins.pay_order_id, id))),
    findByStoredCard: (id) => whenReady(() => findWhere(database, offers(id))),
    list: (filter) => whenReady(() => list(queries, filter)),
    events: (request_id, page) => whenReady(() => eventsOf(database, request_id, page)),
    erase: (request_id) => whenReady(() => erase(database, request_id)),
    reconciliations: {
      open: (start) => whenReady(() => reconciliations.open(start)),
      see: (page) => whenReady(() => reconciliations.see(page)),
      unseen: (range, page) => whenReady(() => reconciliations.unseen(range, page)),
      note: (report_id, noted) => whenReady(() => reconciliations.note(report_id, noted)),
      awaited: (report_id, page) => whenReady(() => reconciliations.awaited(report_id, page)),
      setResults: (report_id, results) => whenReady(() => reconciliations.setResults(report_id, results)),
      differences: (report_id, limit) => whenReady(() => reconciliations.differences(report_id, limit)),
      close: (end) => whenReady(() => reconciliations.close(end)),
      find: (report_id) => whenReady(() => reconciliations.find(report_id)),
      list: (limit) => whenReady(() => reconciliations.list(limit)),
    },
    ping: () =>
      whenReady(async () => {
        await queries.execute(sql`select 1`);
      }),
    close: () => database.close(),
  };
}

/** Served by the index `payins_stored_card`. */
const offers = (id: string): SQL =>
  sql`${payins.facts} #>> '{stored_card,id}' = ${id}
    and ${payins.facts} #> '{stored_card,offered}' = 'true' and ${payins.facts} #> '{stored_card,sealed}' is not null`;

async function findWhere({ queries }: Database, condition: SQL) {
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

/** Runs `work` once for all callers; after a failure, again for the next caller. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () =>
    (done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    }));
}
