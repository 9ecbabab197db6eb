import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';
import type { Database, Queries } from './database';
import { RecordsUnavailableError } from './errors';

/** Time limits, ms: a caller that waits longer is better told that the database is down. */
const CONNECT_MS = 2_000;
const STATEMENT_MS = 5_000;
/** Somewhat more: where the network is gone, it is us who give up. */
const ANSWER_MS = STATEMENT_MS + 1_000;
const MIGRATION_MS = 600_000;

const REMEDY = 'check DATABASE_URL and the database';

/** Any number that nobody else locks by in this database. */
const MIGRATION_LOCK = 7_301_942_115;

/**
 * Connects when it is first used, and again by itself.
 * @throws TypeError when it is no PostgreSQL URL; the message does not hold it
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
  // A connection that breaks between two queries would end the process. The next query tells the caller instead.
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
        // After a failure nobody knows what state the connection is in. (Drizzle's own transaction would keep it.)
        client.release(failed);
      }
    },
    async aloneInTransaction(work) {
      const client = new Client({ ...config, statement_timeout: MIGRATION_MS });
      client.on('error', ignore);
      try {
        await connect(() => client.connect());
        await inTransaction(client, async (queries) => {
          // Let go of by PostgreSQL when the transaction ends, however it ends.
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

/** Where it fails, the caller must give the connection up: that rolls back. */
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
