import { eq, sql } from 'drizzle-orm';
import type { Database } from './database';
import { payinEvents, payins } from './schema';

/** `Records.erase`. What is taken out, and that it stays out, is up to the triggers (`migrations.ts`). */
export function erase(database: Database, request_id: string): Promise<boolean> {
  return database.transaction(async (queries) => {
    const erased = await queries
      .update(payins)
      .set({ erased_at: sql`coalesce(${payins.erased_at}, now())` })
      .where(eq(payins.request_id, request_id))
      .returning({ request_id: payins.request_id });
    await queries
      .update(payinEvents)
      .set({ data: sql`payin_erased(${payinEvents.data})` })
      .where(eq(payinEvents.request_id, request_id));
    return erased.length > 0;
  });
}
