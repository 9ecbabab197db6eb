import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The major version of PostgreSQL that PGlite is here. PGlite opens folders of this version alone. */
export const PGLITE_VERSION = '18';

/** What to do with a folder of another version of PostgreSQL; undefined if it is of this one, or is no data folder yet. */
export function otherVersion(folder: string): string | undefined {
  const theirs = versionOf(folder);
  if (theirs === undefined || theirs === PGLITE_VERSION) return undefined;
  return `it is of PostgreSQL ${theirs}, and this release has PostgreSQL ${PGLITE_VERSION}. Start the release that made the folder, save the records with "npm run records -- export FILE", move the folder away, and load them here with "npm run records -- import FILE" (docs/order-records.md, "Move the records")`;
}

function versionOf(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
