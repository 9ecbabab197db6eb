import type { Database } from './database';
import { embedded } from './embedded';
import type { Records } from './payin-records';
import { recordsOn } from './records-on';
import { postgres } from './postgres';

/** Where the records are stored. With neither member: in memory. */
export interface RecordsLocation {
  /** The URL of a PostgreSQL database. */
  readonly databaseUrl?: string | undefined;
  /** The folder for PGlite, when there is no `databaseUrl`. No other process may use it at the same time. */
  readonly folder?: string | undefined;
}

/**
 * Opens the order records. Does not wait for the database, so that a process can start while it is down; `ping` waits.
 * @throws TypeError when `databaseUrl` is not a PostgreSQL URL, or Node's error when `folder` can't be created
 */
export function openRecords(location: RecordsLocation): Records {
  return recordsOn(openDatabase(location));
}

/** The database alone, to move its records. The same rules apply. */
export function openDatabase({ databaseUrl, folder }: RecordsLocation): Database {
  return databaseUrl === undefined ? embedded(folder) : postgres(databaseUrl);
}
