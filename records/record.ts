import { eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import type { PayinWrite, Recorded } from './payin-records';
import { payinEvents, payins } from './schema';

/** `Orders.record` */
export function record(database: Database, write: PayinWrite): Promise<Recorded> {
  const { payin, digest, known, version, after, events } = write;
  const { request_id } = payin;
  return database.transaction(async (queries) => {
    // The row first, written or not: that locks it, so two writers of one pay-in, or one and `erase`, take turns.
    const moved = await queries
      .insert(payins)
      .values({ ...payin, digest, known, version })
      .onConflictDoUpdate({ target: payins.request_id, set: THE_NEW, setWhere: isKnown(after) })
      .returning({ version: payins.version });
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

const LEFT = { known: payins.known, version: payins.version };

/**
 * The fence: nothing is written over that the writer has not read, nor a pay-in of another beginning. So a write that is
 * late or repeated leaves the row alone.
 */
const isKnown = (after: number) =>
  sql`${payins.created_at} = excluded.created_at and ${payins.version} <= ${after} and ${payins.version} < excluded.version`;

/** All that may change. `created_at` may not: pages are ordered by it. */
const THE_NEW = {
  pay_order_id: sql`excluded.pay_order_id`,
  amount: sql`excluded.amount`,
  currency: sql`excluded.currency`,
  status: sql`excluded.status`,
  expires_at: sql`excluded.expires_at`,
  outcome_at: sql`excluded.outcome_at`,
  needs_attention: sql`excluded.needs_attention`,
  alerts: sql`excluded.alerts`,
  metadata: sql`excluded.metadata`,
  checkout_url: sql`excluded.checkout_url`,
  workflow_id: sql`excluded.workflow_id`,
  digest: sql`excluded.digest`,
  known: sql`excluded.known`,
  version: sql`excluded.version`,
  updated_at: sql`now()`,
};
