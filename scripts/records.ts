import { createReadStream, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../devstack/lock';
import { readRecordsSettings } from '../devstack/stack-settings';
import type { Database } from '../records/database';
import { openDatabase } from '../records/open-records';
import type { Records } from '../records/payin-records';
import { recordsOn } from '../records/records-on';
import { exportRecords, importRecords, linesOf, type Moved } from '../records/transfer';
import { asInvoked } from './invocation';

const USAGE = asInvoked(`usage: npm run records -- export FILE        saves all order records to a new file
       npm run records -- import FILE        loads them into an empty database
       npm run records -- erase REQUEST_ID   removes what may be personal data of a pay-in that has ended, for good
The database is that of DATABASE_URL, or without it the folder of npm start (DATA_DIR), which must be stopped.`);

type Command = (records: OpenRecords, argument: string) => Promise<string>;

const COMMANDS: Readonly<Record<string, Command>> = {
  export: async ({ database }, path) => `saved: ${inWords(await save(database, path))}`,
  import: async ({ database }, path) =>
    `loaded: ${inWords(await importRecords(database, linesOf(createReadStream(path, 'utf8'))))}`,
  erase: ({ records }, request_id) => erase(records, request_id),
};

interface OpenRecords {
  readonly database: Database;
  readonly records: Records;
}

/** `npm run records`: moves the order records, also between PGlite and PostgreSQL, and erases personal data (docs/order-records.md). */
async function main([name = '', argument = '', ...rest]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command || argument === '' || rest.length > 0) throw new Error(USAGE);
  const { DATABASE_URL: databaseUrl, DATA_DIR } = readRecordsSettings(process.env);
  const folder = join(DATA_DIR, 'records');
  if (name !== 'import' && databaseUrl === undefined && !existsSync(folder))
    throw new Error(`There are no order records in ${folder}. Set DATABASE_URL, or DATA_DIR.`);
  const lock = databaseUrl === undefined ? takeLock(join(DATA_DIR, 'lock')) : undefined;
  const database = openDatabase({ databaseUrl, folder });
  const records = recordsOn(database);
  try {
    console.log(await command({ database, records }, argument));
  } finally {
    await records.close();
    lock?.release();
  }
}

/** The file holds personal data: it is for its owner alone. An existing file is not overwritten; a part of one is removed. */
async function save(database: Database, path: string): Promise<Moved> {
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

/** Not before the outcome: an open pay-in still needs its page, and its run holds the same data. */
async function erase(records: Records, request_id: string): Promise<string> {
  const payin = await records.find(request_id);
  if (!payin) throw new Error(`There is no order record of ${request_id}.`);
  if (payin.outcome_at === undefined)
    throw new Error(`The pay-in ${request_id} has no outcome yet: it is ${payin.status}. Erase it when it has one.`);
  await records.erase(request_id);
  return `erased: ${request_id}
Temporal has the same data until its retention ends, or until you delete it there, for the pay-in and for each endpoint:
temporal workflow delete --query 'WorkflowId = "${payin.workflow_id}"' --reason erased
temporal workflow delete --query 'WorkflowId = "notify-${request_id}-ENDPOINT"' --reason erased`;
}

const inWords = (moved: Moved): string =>
  Object.entries(moved)
    .map(([table, rows]) => `${rows} ${table.replace('_', ' ')}`)
    .join(', ');

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
