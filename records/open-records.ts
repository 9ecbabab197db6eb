import { embedded } from './embedded';
import type { Records } from './payin-records';
import { recordsOn } from './records-on';
import { postgres } from './postgres';

/** Where they are kept; with neither, in memory. */
export interface RecordsLocation {
  /** Of a PostgreSQL database. */
  readonly databaseUrl?: string | undefined;
  /** For PGlite, where there is no `databaseUrl`. No other process may use it at the same time. */
  readonly folder?: string | undefined;
}

/**
 * Opens the order records without waiting for the database: a process may start while it is down. `ping` waits.
 * @throws TypeError when `databaseUrl` is no PostgreSQL URL, or Node's error when `folder` can't be made
 */
export function openRecords({ databaseUrl, folder }: RecordsLocation): Records {
  return recordsOn(databaseUrl === undefined ? embedded(folder) : postgres(databaseUrl));
}
