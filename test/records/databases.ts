import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import type { PayinWrite } from '../../records/payin-record';
import { postgres } from '../../records/postgres';
import { emptyEmbedded } from '../machinery/empty-database';
import { testDatabaseUrl } from '../machinery/postgres';
import { IS_FULL } from '../machinery/size';

/** Every kind of database that the order records run on here: jest's global set-up says which, and why. */

interface Kind {
  readonly name: string;
  /** An empty one. */
  readonly create: () => Promise<Database>;
}

const pglite: Kind = { name: 'PGlite', create: emptyEmbedded };

const postgresUrl = process.env['TEST_DATABASE_URL'];

export const DATABASES: readonly Kind[] =
  postgresUrl === undefined
    ? [pglite]
    : [pglite, { name: 'PostgreSQL', create: async () => postgres(await createPostgresDatabase()) }];

/** For tests of what uses the records, whose own tests run on all: in `npm test`, on PostgreSQL alone where there is one. */
export const MAIN_DATABASES = IS_FULL ? DATABASES : DATABASES.slice(-1);

/** `describe`, or without a PostgreSQL `describe.skip`. */
export const describeOnPostgres = postgresUrl === undefined ? describe.skip : describe;

/** @returns the URL of a new, empty database */
export async function createPostgresDatabase(): Promise<string> {
  const url = await testDatabaseUrl();
  if (url === undefined) throw new Error('TEST_DATABASE_URL is not set');
  return url;
}

/** Runs SQL behind the records' back. */
export async function run(database: Database, statement: string): Promise<void> {
  await database.queries.execute(sql.raw(statement));
}

/** Writes new pay-ins as `Records.record` would, all in two statements: one by one, thousands take a quarter of a minute. */
export async function recordMany(database: Database, writes: readonly PayinWrite[]): Promise<void> {
  const rows = writes.map(({ payin, digest, facts, last_event }) => ({ ...payin, digest, facts, last_event }));
  const events = writes.flatMap(({ payin: { request_id }, events }) =>
    events.map((event) => ({ ...event, request_id })),
  );
  await insert(database, 'payins', rows);
  await insert(database, 'payin_events', events);
}

async function insert(database: Database, name: string, rows: readonly object[]): Promise<void> {
  const table = sql.raw(name);
  const columns = sql.raw([...new Set(rows.flatMap(Object.keys))].join(', '));
  await database.queries.execute(
    sql`insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, ${JSON.stringify(rows)}::jsonb)`,
  );
}
