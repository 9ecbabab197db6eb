import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import type { Database, Queries } from './database';
import { RecordsUnavailableError } from './errors';

/** Time limits, ms. After them the database counts as down. */
const CONNECT_MS = 2_000;
const STATEMENT_MS = 5_000;
/** Longer than the server's own limit, for a connection that is lost. */
const ANSWER_MS = STATEMENT_MS + 1_000;
const MIGRATION_MS = 600_000;

const REMEDY = 'check DATABASE_URL and the database';

/** The key of the advisory lock: any number that nothing else in this database uses. */
const MIGRATION_LOCK = 7_301_942_115;

/**
 * Connects at the first use, and reconnects automatically.
 * @throws TypeError when `databaseUrl` is not a PostgreSQL URL; the message does not contain it
 */
export function postgres(databaseUrl: string): Database {
  const place = placeOf(databaseUrl);
  const config: ClientConfig = {
    connectionString: databaseUrl,
    application_name: 'lesspay-payins',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  };
  const pool = new Pool({
    ...config,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: ANSWER_MS,
  });
  // Without a listener, a connection that breaks between two queries would end the process. The next query fails instead.
  pool.on('connect', (client) => client.on('error', ignore));
  pool.on('error', ignore);

  const connect = async <Connected>(connecting: () => Promise<Connected>): Promise<Connected> => {
    try {
      return await connecting();
    } catch (cause) {
      throw new RecordsUnavailableError(place, cause, REMEDY);
    }
  };
  let closed: Promise<void> | undefined;
  return {
    place,
    remedy: REMEDY,
    queries: drizzle(pool),
    async transaction(work) {
      const client = await connect(() => pool.connect());
      let failed = true;
      try {
        const result = await inTransaction(client, work);
        failed = false;
        return result;
      } finally {
        // After a failure the connection's state is not known, so it is closed. (Drizzle's `transaction` would reuse it.)
        client.release(failed);
      }
    },
    async aloneInTransaction(work) {
      const client = new Client({ ...config, statement_timeout: MIGRATION_MS });
      client.on('error', ignore);
      try {
        await connect(() => client.connect());
        await inTransaction(client, async (queries) => {
          // PostgreSQL releases the lock at the end of the transaction, also after a failure.
          await queries.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
          await work(queries);
        });
      } finally {
        await client.end();
      }
    },
    close: () => (closed ??= pool.end()),
  };
}

/** After a failure the caller must close the connection, which rolls back. */
async function inTransaction<Result>(
  client: Client | PoolClient,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  const queries = drizzle(client);
  await queries.execute(sql`begin`);
  const result = await work(queries);
  await queries.execute(sql`commit`);
  return result;
}

function placeOf(databaseUrl: string): string {
  if (!/^postgres(ql)?:/.test(databaseUrl) || !URL.canParse(databaseUrl))
    throw new TypeError('DATABASE_URL must be a PostgreSQL URL, e.g. postgres://user:password@localhost:5432/payins');
  const { host, pathname, searchParams } = new URL(databaseUrl);
  return `${host || searchParams.get('host') || 'localhost'}${pathname}`;
}

function ignore(): void {}
