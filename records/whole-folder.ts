import { readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * A data folder for PGlite that survives a kill at any moment. PGlite can't open a folder that it has only half created. So
 * a new folder is created under another name, and renamed when it is complete. PGlite also can't open a folder with an empty
 * pid file, which remains when a process is killed between creating and writing it. That file is removed: no other process
 * uses the folder, because the caller holds a lock on it.
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
