import { and, eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import type { NotifiedWrite, PayinWrite, Recorded } from './payin-record';
import { recordColumns } from './read-row';
import { payinEvents, payins } from './schema';

/** `Records.record` */
export function record(database: Database, write: PayinWrite): Promise<Recorded> {
  const { payin, digest, facts, last_event, recorded, events } = write;
  const { request_id } = payin;
  return database.transaction(async (queries) => {
    // First the row: this statement locks it, also when it changes nothing. Other writers of the pay-in, and `erase`, wait.
    const moved = await queries
      .insert(payins)
      .values({ ...payin, digest, facts, last_event })
      .onConflictDoUpdate({ target: payins.request_id, set: NEW_VALUES, setWhere: isExpected(recorded) })
      .returning({ last_event: payins.last_event });
    if (moved.length === 0) {
      const [ahead] = await queries.select(AHEAD).from(payins).where(eq(payins.request_id, request_id));
      return { moved: false, ...(ahead ? { ahead } : {}) };
    }
    if (events.length > 0)
      await queries
        .insert(payinEvents)
        .values(events.map((event) => ({ ...event, request_id })))
        .onConflictDoNothing({ target: [payinEvents.request_id, payinEvents.number] });
    return { moved: true };
  });
}

/** `Records.markNotified` */
export async function markNotified({ queries }: Database, notified: NotifiedWrite): Promise<void> {
  const { request_id, created_at, last_event, handed_over } = notified;
  const known = JSON.stringify({ notified: last_event, handed_over, withheld: [] });
  await queries
    .update(payins)
    .set({ facts: sql`${payins.facts} || ${known}::jsonb` })
    .where(
      and(eq(payins.request_id, request_id), eq(payins.created_at, created_at), eq(payins.last_event, last_event)),
    );
}

const AHEAD = { facts: payins.facts, last_event: payins.last_event };

/**
 * Is the row the one that the writer expects? Not when it has events that the writer has not seen, nor when it is of a pay-in
 * that was created at another time. So a late or repeated write does not change the row.
 */
const isExpected = (recorded: number) =>
  sql`${payins.created_at} = excluded.created_at and ${payins.last_event} <= ${recorded} and ${payins.last_event} < excluded.last_event`;

const { request_id: _id, created_at: _at, updated_at: _now, erased_at: _erased, ...changing } = recordColumns;

/** All columns that may change. `created_at` must not: pages are sorted by it. */
const NEW_VALUES = {
  ...Object.fromEntries(Object.keys(changing).map((name) => [name, sql.raw(`excluded.${name}`)])),
  updated_at: sql`now()`,
};
