import { readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * A folder for PGlite that is there wholly or not at all: PGlite does not open one whose making was cut short. An empty
 * one is made beside its place, and put there when it is complete; what an earlier try left beside it is made anew.
 */
export class WholeFolder extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    if (readdirSync(this.rootDir).length === 0) await make(this.rootDir);
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
