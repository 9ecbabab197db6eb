import { sql } from 'drizzle-orm';
import { pgTable } from 'drizzle-orm/pg-core';
import { instant, text } from './columns';
import type { Database, Queries } from './database';
import { MIGRATIONS, type Migration } from './migrations';

const applied = pgTable('payin_migrations', {
  name: text().primaryKey(),
  at: instant()
    .notNull()
    .default(sql`now()`),
});

/**
 * Applies the missing migrations in one transaction. Several processes may call it at the same time. When none is missing it
 * only reads, so a database role without the right to change the schema is enough. Migrations of a later release are ignored.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  if ((await missing(database.queries, migrations)).length === 0) return;
  await database.aloneInTransaction(async (queries) => {
    await queries.execute(
      sql`create table if not exists payin_migrations (name text primary key, at timestamptz(3) not null default now())`,
    );
    // Reads again under the lock: another process may have applied them.
    for (const { name, statements } of await missing(queries, migrations)) {
      for (const statement of statements) await queries.execute(sql.raw(statement));
      await queries.insert(applied).values({ name });
    }
  });
}

async function missing(queries: Queries, migrations: readonly Migration[]): Promise<Migration[]> {
  const [table] = await queries
    .select({ there: sql<boolean>`to_regclass('payin_migrations') is not null` })
    .from(sql`(values (1)) as one`);
  if (!table?.there) return [...migrations];
  const done = new Set((await queries.select().from(applied)).map(({ name }) => name));
  return migrations.filter(({ name }) => !done.has(name));
}
