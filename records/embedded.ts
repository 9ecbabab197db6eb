import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database } from './database';
import { RecordsUnavailableError } from './errors';
import { otherVersion } from './folder-version';
import { WholeFolder } from './whole-folder';

const REMEDY = 'check whether its disk is full. A damaged folder can be moved away: then new, empty records are made';

/** After so many transactions the database is tidied: some 4 MB of its write-ahead log. */
const TIDY_AFTER = 2_000;

/**
 * PostgreSQL inside this process (PGlite). The caller must hold a lock on the folder: two processes on one folder lose data
 * without an error. PGlite has no background processes, so its write-ahead log and its dead rows would grow without end: after
 * every so many transactions they are tidied, which takes some tenths of a second.
 * @param folder the data folder. Absent: in memory
 */
export function embedded(folder?: string, { tidyAfter = TIDY_AFTER } = {}): Database {
  const place = folder ?? 'memory';
  const remedy = (folder === undefined ? undefined : otherVersion(folder)) ?? REMEDY;
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const client = new PGlite(folder === undefined ? {} : { fs: new WholeFolder(folder) });
  const started = client.waitReady.catch((cause: unknown) => {
    throw new RecordsUnavailableError(place, cause, remedy);
  });
  // Handles the rejection also when no query waits for it: Node ends the process for an unhandled one.
  const ended = started.catch(() => undefined);
  const queries = drizzle(client);
  const transaction: Database['transaction'] = async (work) => {
    await started;
    if (client.closed) throw new RecordsUnavailableError(place, new Error('closed'), remedy);
    const result = await queries.transaction(work);
    transactions += 1;
    if (transactions % tidyAfter === 0) tidying = tidying.then(tidy);
    return result;
  };
  let transactions = 0;
  let tidying = Promise.resolve();
  /** If it fails, it is done again after the next transactions. */
  const tidy = async () => {
    if (client.closed) return;
    await client.exec('vacuum').catch(() => undefined);
    await client.exec('checkpoint').catch(() => undefined);
  };
  let closed: Promise<void> | undefined;
  return {
    place,
    remedy,
    queries,
    transaction,
    aloneInTransaction: transaction,
    close: () => (closed ??= ended.then(() => tidying).then(() => (client.ready ? client.close() : undefined))),
  };
}
