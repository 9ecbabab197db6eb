import { readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * A folder for PGlite that is there wholly or not at all: PGlite does not open one whose making was cut short. An empty
 * one is made beside its place, and put there when it is complete; what an earlier try left beside it is made anew.
 * Nor does it open one with an empty pid file, which a start leaves that was killed between making and writing it: nobody
 * has the folder then, since whoever opens one holds a lock on it.
 */
export class WholeFolder extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    if (readdirSync(this.rootDir).length === 0) await make(this.rootDir);
    const pidFile = join(this.rootDir, 'postmaster.pid');
    if (statSync(pidFile, { throwIfNoEntry: false })?.size === 0) rmSync(pidFile);
    return super.init(...args);
  }
}

async function make(folder: string): Promise<void> {
  const aside = `${folder}.new`;
  rmSync(aside, { recursive: true, force: true });
  const database = new PGlite(aside);
  await database.waitReady;
  await database.close();
  rmdirSync(folder);
  renameSync(aside, folder);
}
