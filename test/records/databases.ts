import { sql } from 'drizzle-orm';
import type { Database } from '../../records/database';
import { embedded } from '../../records/embedded';
import { postgres } from '../../records/postgres';
import { testDatabaseUrl } from '../machinery/postgres';

/** Every kind of database that the order records run on here: jest's global set-up says which, and why. */

interface Kind {
  readonly name: string;
  /** An empty one. */
  readonly create: () => Promise<Database>;
}

const pglite: Kind = { name: 'PGlite', create: () => Promise.resolve(embedded()) };

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

/** A new one, of the kind that other processes can use too where there is one: then with its URL. */
export async function createDatabase(): Promise<{ database: Database; databaseUrl: string | undefined }> {
  const databaseUrl = await testDatabaseUrl();
  return { database: databaseUrl === undefined ? embedded() : postgres(databaseUrl), databaseUrl };
}

/** Runs SQL behind the records' back. */
export async function run(database: Database, statement: string): Promise<void> {
  await database.queries.execute(sql.raw(statement));
}
