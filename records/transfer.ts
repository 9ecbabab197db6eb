import { and, count, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Queries } from './database';
import { recordsError } from './errors';
import { migrate } from './migrate';
import { MIGRATIONS } from './migrations';

/**
 * Moves all order records from one database to another, also between PGlite and PostgreSQL. The file is JSON, one object a
 * line: a header, a line for each row, and an end with the number of rows. A row is as PostgreSQL itself states it in JSON, so
 * that no digit of an amount is lost.
 */

/** In an order in which each row finds what it refers to. */
const TABLES = [
  'payins',
  'payin_events',
  'reconciliations',
  'reconciliation_differences',
  'reconciliation_seen',
] as const;
type Table = (typeof TABLES)[number];

/** How many rows of each table were moved. */
export type Moved = Readonly<Record<Table, number>>;

const ROWS_AT_ONCE = 500;
const FORMAT = 'lesspay-payins records 1';

const header = z.object({ format: z.literal(FORMAT), migrations: z.array(z.string()) });
const end = z.object({ end: z.record(z.enum(TABLES), z.number()) });
const isTable = (word: string): word is Table => (TABLES as readonly string[]).includes(word);

/** The file is not a whole export, or this database can't take it. Nothing was imported. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code = 'import_refused';
}

/**
 * Reads all records as they are at one moment.
 * @param write gets each line, without its line break
 */
export const exportRecords = (database: Database, write: (line: string) => Promise<void>): Promise<Moved> =>
  explained(database, () => readAll(database, write));

/** No error shows a row: it is personal data. */
async function explained<Result>(database: Database, work: () => Promise<Result>): Promise<Result> {
  try {
    await migrate(database);
    return await work();
  } catch (error) {
    throw recordsError(error, database);
  }
}

function readAll(database: Database, write: (line: string) => Promise<void>): Promise<Moved> {
  return database.transaction(async (queries) => {
    await queries.execute(sql`set transaction isolation level repeatable read, read only`);
    await write(JSON.stringify({ format: FORMAT, migrations: MIGRATIONS.map(({ name }) => name) }));
    const moved = noRows();
    for (const table of TABLES)
      for (let after = '(0,0)'; ;) {
        const rows = await page(queries, table, after);
        // Beside its table's name, each row as text, as it came.
        for (const { row } of rows) await write(`{"${table}":${row}}`);
        moved[table] += rows.length;
        after = rows.at(-1)?.at ?? after;
        if (rows.length < ROWS_AT_ONCE) break;
      }
    for (const table of TABLES)
      if ((await countOf(queries, table)) !== moved[table]) throw new Error(`not all rows of ${table} were read`);
    await write(JSON.stringify({ end: moved }));
    return moved;
  });
}

async function countOf(queries: Queries, table: Table): Promise<number> {
  const [row] = await queries.select({ rows: count() }).from(sql.raw(table));
  return row?.rows ?? 0;
}

const page = (queries: Queries, table: Table, after: string) =>
  queries
    .select({ at: sql<string>`rows.ctid::text`, row: sql<string>`to_jsonb(rows)::text` })
    .from(sql`${sql.raw(table)} as rows`)
    .where(sql`rows.ctid > ${after}::tid`)
    .orderBy(sql`rows.ctid`)
    .limit(ROWS_AT_ONCE);

/**
 * Writes what `exportRecords` read into an empty database, all or nothing.
 * @throws ImportError
 */
export const importRecords = (database: Database, lines: AsyncIterable<string>): Promise<Moved> =>
  explained(database, () => writeAll(database, lines));

async function writeAll(database: Database, lines: AsyncIterable<string>): Promise<Moved> {
  const moved = noRows();
  await database.aloneInTransaction(async (queries) => {
    await refuseRecords(queries);
    let [line, isWhole]: [number, boolean] = [0, false];
    let batch: { readonly table: Table; readonly rows: string[] } | undefined;
    const flush = async () => {
      if (batch) await insert(queries, batch.table, batch.rows);
      batch = undefined;
    };
    for await (const text of lines) {
      line += 1;
      if (line === 1) refuseHeader(text);
      else if (isWhole) throw new ImportError(`Line ${line}: there is more after the end. Export the records again.`);
      else {
        const { table, row } = rowOf(text) ?? {};
        if (table !== undefined && row !== undefined) {
          if (batch?.table !== table || batch.rows.length >= ROWS_AT_ONCE) await flush();
          batch ??= { table, rows: [] };
          batch.rows.push(row);
          moved[table] += 1;
        } else isWhole = isEnd(text, moved, line);
      }
    }
    await flush();
    if (!isWhole) throw new ImportError('The file ends too early: it is cut. Export the records again.');
  });
  return moved;
}

/** The lines of a text that comes in pieces. (Node's `readline` would also split a row at U+2028, which JSON allows in it.) */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function refuseRecords(queries: Queries): Promise<void> {
  for (const table of TABLES) {
    const [row] = await queries
      .select({ one: sql`1` })
      .from(sql.raw(table))
      .limit(1);
    if (row)
      throw new ImportError(`The database already has records (${table}). Import into an empty one: nothing is mixed.`);
  }
}

function refuseHeader(text: string): void {
  const found = header.safeParse(jsonOf(text));
  if (!found.success)
    throw new ImportError('The file does not begin as an export: give the file of "records -- export".');
  const unknown = found.data.migrations.filter((name) => !MIGRATIONS.some((ours) => ours.name === name));
  if (unknown.length > 0)
    throw new ImportError(`The file is of a later release (${unknown.join(', ')}). Import it with that release.`);
}

/** The row stays text: to parse it would lose digits. */
function rowOf(text: string): { readonly table: Table; readonly row: string } | undefined {
  const [, table = '', row = ''] = /^\{"([a-z_]+)":(\{.*\})\}$/s.exec(text) ?? [];
  return isTable(table) ? { table, row } : undefined;
}

function isEnd(text: string, moved: Moved, line: number): boolean {
  const found = end.safeParse(jsonOf(text));
  if (!found.success) throw new ImportError(`Line ${line} is not of an export. Export the records again.`);
  const wrong = TABLES.filter((table) => found.data.end[table] !== moved[table]);
  if (wrong.length > 0) throw new ImportError(`Rows of ${wrong.join(', ')} are missing. Export the records again.`);
  return true;
}

async function insert(queries: Queries, table: Table, rows: readonly string[]): Promise<void> {
  const columns = sql.raw((await writableColumns(queries, table)).map((name) => `"${name}"`).join(', '));
  const name = sql.raw(table);
  await queries.execute(
    sql`insert into ${name} (${columns}) select ${columns} from jsonb_populate_recordset(null::${name}, ${`[${rows.join(',')}]`}::jsonb)`,
  );
}

async function writableColumns(queries: Queries, table: Table): Promise<string[]> {
  const [name, of] = [sql<string>`column_name`, sql`table_name`];
  const rows = await queries
    .select({ name })
    .from(sql`information_schema.columns`)
    .where(and(eq(of, table), sql`table_schema = current_schema()`, sql`is_generated = 'NEVER'`));
  return rows.map((row) => row.name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const noRows = (): Record<Table, number> => ({
  payins: 0,
  payin_events: 0,
  reconciliations: 0,
  reconciliation_differences: 0,
  reconciliation_seen: 0,
});
