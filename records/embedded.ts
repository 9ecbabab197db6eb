import { mkdirSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database } from './database';
import { RecordsUnavailableError } from './errors';
import { WholeFolder } from './whole-folder';

const REMEDY =
  'see whether its disk is full. A folder that is damaged can be moved away: then the records begin anew, without what it held';

/**
 * PostgreSQL inside this process. A folder belongs to one process at a time: two lose data without an error, so
 * whoever opens one holds a lock on it.
 * @param folder where the data is kept; absent: in memory
 */
export function embedded(folder?: string): Database {
  const place = folder ?? 'memory';
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const client = new PGlite(folder === undefined ? {} : { fs: new WholeFolder(folder) });
  const started = client.waitReady.catch((cause: unknown) => {
    throw new RecordsUnavailableError(place, cause, REMEDY);
  });
  // Also heard where nobody uses it, which Node wants of a rejection.
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
