import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cacheDir, projectRoot } from '../../devstack/project-root';
import type { Database } from '../../records/database';
import { embedded } from '../../records/embedded';
import { postgres } from '../../records/postgres';
import { testDatabaseUrl } from './postgres';

/**
 * Makes `folder` an empty database that PGlite opens. It is a copy: to make a new one takes five seconds of CPU time, and
 * is itself tested by test/records/embedded.test.ts.
 */
export async function makeEmptyDatabase(folder: string): Promise<void> {
  cpSync(await original(), folder, { recursive: true });
}

/** A new one in PGlite; its folder is gone when it is closed. */
export async function emptyEmbedded(): Promise<Database> {
  const parent = mkdtempSync(join(tmpdir(), 'records-'));
  const folder = join(parent, 'data');
  await makeEmptyDatabase(folder);
  const database = embedded(folder);
  const close = async () => {
    await database.close();
    rmSync(parent, { recursive: true, force: true });
  };
  return { ...database, close };
}

/** A new one, of the kind that other processes can use too where there is one: then with its URL. */
export async function createDatabase(): Promise<{ database: Database; databaseUrl: string | undefined }> {
  const databaseUrl = await testDatabaseUrl();
  return { database: databaseUrl === undefined ? await emptyEmbedded() : postgres(databaseUrl), databaseUrl };
}

/** Kept from run to run. */
async function original(): Promise<string> {
  const packageFile = join(projectRoot, 'node_modules', '@electric-sql', 'pglite', 'package.json');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, 'utf8')));
  const folder = join(cacheDir, 'test', `pglite-${version}`);
  if (existsSync(folder)) return folder;
  const own = `${folder}.${process.pid}`;
  rmSync(own, { recursive: true, force: true });
  mkdirSync(dirname(own), { recursive: true });
  const database = embedded(own);
  await database.transaction(() => Promise.resolve());
  await database.close();
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(folder)) throw error;
    rmSync(own, { recursive: true });
  }
  return folder;
}
