import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import { postgres } from '../../records/postgres';
import { emptyEmbedded } from '../machinery/empty-database';
import { testDatabaseUrl } from '../machinery/postgres';

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
