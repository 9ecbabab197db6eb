import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database } from './database';
import { RecordsUnavailableError } from './errors';
import { WholeFolder } from './whole-folder';

const REMEDY = 'check whether its disk is full. A damaged folder can be moved away: then new, empty records are made';

/**
 * PostgreSQL inside this process (PGlite). The caller must hold a lock on the folder: two processes on one folder lose data
 * without an error.
 * @param folder the data folder. Absent: in memory
 */
export function embedded(folder?: string): Database {
  const place = folder ?? 'memory';
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const client = new PGlite(folder === undefined ? {} : { fs: new WholeFolder(folder) });
  const started = client.waitReady.catch((cause: unknown) => {
    throw new RecordsUnavailableError(place, cause, REMEDY);
  });
  // Handles the rejection also when no query waits for it: Node ends the process for an unhandled one.
  const ended = started.catch(() => undefined);
  const queries = drizzle(client);
  const transaction: Database['transaction'] = async (work) => {
    await started;
    if (client.closed) throw new RecordsUnavailableError(place, new Error('closed'), REMEDY);
    return queries.transaction(work);
  };
  let closed: Promise<void> | undefined;
  return {
    place,
    remedy: REMEDY,
    queries,
    transaction,
    aloneInTransaction: transaction,
    close: () => (closed ??= ended.then(() => (client.ready ? client.close() : undefined))),
  };
}
