import { eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import type { PayinWrite } from './payin-record';
import { recordColumns } from './read-row';
import { payinEvents, payins } from './schema';
import type { Recorded } from './payin-record';

/** `Records.record` */
export function record(database: Database, write: PayinWrite): Promise<Recorded> {
  const { payin, digest, facts, last_event, recorded, events } = write;
  const { request_id } = payin;
  return database.transaction(async (queries) => {
    // The row first, written or not: that locks it, so two writers of one pay-in, or one and `erase`, take turns.
    const moved = await queries
      .insert(payins)
      .values({ ...payin, digest, facts, last_event })
      .onConflictDoUpdate({ target: payins.request_id, set: THE_NEW, setWhere: isKnown(recorded) })
      .returning({ last_event: payins.last_event });
    if (moved.length === 0) {
      const [ahead] = await queries.select(LEFT).from(payins).where(eq(payins.request_id, request_id));
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

const LEFT = { facts: payins.facts, last_event: payins.last_event };

/**
 * The fence: nothing is written over that the writer has not read, nor a pay-in of another beginning. So a write that is
 * late or repeated leaves the row alone.
 */
const isKnown = (recorded: number) =>
  sql`${payins.created_at} = excluded.created_at and ${payins.last_event} <= ${recorded} and ${payins.last_event} < excluded.last_event`;

const { request_id: _id, created_at: _at, updated_at: _now, erased_at: _erased, ...changing } = recordColumns;

/** All that may change. `created_at` may not: pages are ordered by it. */
const THE_NEW = {
  ...Object.fromEntries(Object.keys(changing).map((name) => [name, sql.raw(`excluded.${name}`)])),
  updated_at: sql`now()`,
};
