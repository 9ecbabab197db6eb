import { eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import type { PayinWrite, Recorded } from './order-records';
import { payinEvents, payins } from './schema';

/** `Orders.record` */
export function record(database: Database, write: PayinWrite): Promise<Recorded> {
  const { payin, digest, known, version, after, writer, events } = write;
  const { request_id } = payin;
  return database.transaction(async (queries) => {
    // The row first, written or not: that locks it, so two writers of one pay-in, or one and `erase`, take turns.
    const moved = await queries
      .insert(payins)
      .values({ ...payin, digest, known, version, writer })
      .onConflictDoUpdate({ target: payins.request_id, set: THE_NEW, setWhere: sql`${IS_NEWER} and ${isKnown(after)}` })
      .returning({ version: payins.version });
    if (moved.length === 0) {
      const [row] = await queries.select(LEFT).from(payins).where(eq(payins.request_id, request_id));
      if (row && row.writer !== writer) return { moved: false, ahead: { known: row.known, version: row.version } };
    }
    if (events.length > 0)
      await queries
        .insert(payinEvents)
        .values(events.map((event) => ({ ...event, request_id })))
        .onConflictDoNothing({ target: [payinEvents.request_id, payinEvents.number] });
    return { moved: moved.length > 0 };
  });
}

const LEFT = { known: payins.known, version: payins.version, writer: payins.writer };

/** The fence: a write that is late or repeated leaves the row alone. */
const IS_NEWER = sql`${payins.version} < excluded.version`;

/** And so does one that would write over what its writer has not read, or over a pay-in of another beginning. */
const isKnown = (after: number) =>
  sql`${payins.created_at} = excluded.created_at and (${payins.version} <= ${after} or ${payins.writer} = excluded.writer)`;

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
  writer: sql`excluded.writer`,
  updated_at: sql`now()`,
};
