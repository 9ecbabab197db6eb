import { createReadStream, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../devstack/lock';
import { readStackSettings } from '../devstack/stack-settings';
import { openDatabase } from '../records/open-records';
import { exportRecords, importRecords, linesOf, type Moved } from '../records/transfer';

const USAGE = `usage: npm run records -- export FILE   saves all order records to a new file
       npm run records -- import FILE   loads them into an empty database
The database is that of DATABASE_URL, or without it the folder of npm start (DATA_DIR), which must be stopped.`;

/** `npm run records`: moves the order records, also between PGlite and PostgreSQL (docs/order-records.md, "Move the records"). */
async function main([command = '', file = '', ...rest]: readonly string[]): Promise<void> {
  if (!['export', 'import'].includes(command) || file === '' || rest.length > 0) throw new Error(USAGE);
  const { DATABASE_URL: databaseUrl, DATA_DIR } = readStackSettings(process.env);
  const folder = join(DATA_DIR, 'records');
  if (command === 'export' && databaseUrl === undefined && !existsSync(folder))
    throw new Error(`There are no order records in ${folder}. Set DATABASE_URL, or DATA_DIR.`);
  const lock = databaseUrl === undefined ? takeLock(join(DATA_DIR, 'lock')) : undefined;
  const database = openDatabase({ databaseUrl, folder });
  try {
    const moved = command === 'export' ? await save(file) : await load(file);
    console.log(`${command === 'export' ? 'saved' : 'loaded'}: ${inWords(moved)}`);
  } finally {
    await database.close();
    lock?.release();
  }

  /** The file holds personal data: it is for its owner alone. An existing file is not overwritten; a part of one is removed. */
  async function save(path: string): Promise<Moved> {
    if (existsSync(path)) throw new Error(`${path} exists already: give the name of a new file.`);
    const handle = await open(path, 'wx', 0o600);
    try {
      return await exportRecords(database, async (line) => {
        await handle.write(`${line}\n`);
      });
    } catch (error) {
      await rm(path);
      throw error;
    } finally {
      await handle.close();
    }
  }

  function load(path: string): Promise<Moved> {
    return importRecords(database, linesOf(createReadStream(path, 'utf8')));
  }
}

const inWords = (moved: Moved): string =>
  Object.entries(moved)
    .map(([table, rows]) => `${rows} ${table.replace('_', ' ')}`)
    .join(', ');

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
