import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../devstack/project-root';
import { findTemporalCli } from '../devstack/temporal-programs';
import { ask, isPostgresInstalled, newDatabaseUrl, startPostgres } from '../test/machinery/postgres';
import { bundle } from './bundle';

/** Where Temporal's dev server keeps its data. */
export type Engine = 'memory' | 'disk';

/** What a contender runs on. */
export interface Ground {
  /** The Temporal CLI's path. */
  readonly cli: string;
  readonly engine: Engine;
  /** How many worker processes there are. */
  readonly workers: number;
  /** Of an empty database. */
  readonly databaseUrl: string;
  /** Empty, for data and logs. */
  readonly folder: string;
}

/** What a whole bench shares. */
export interface Bench {
  /** Of PostgreSQL; each ground has a database of its own there. */
  readonly postgres: { readonly pid: number; readonly version: string };
  /** @param name of the folder in `.data/bench/` */
  newGround(name: string, options: Pick<Ground, 'engine' | 'workers'>): Promise<Ground>;
  close(): Promise<void>;
}

/** @throws Error that says what this machine lacks */
export async function openBench(): Promise<Bench> {
  if (!existsSync('/proc/self/stat')) throw new Error('The bench reads CPU times from /proc: it runs on Linux alone.');
  if (!isPostgresInstalled()) throw new Error('The bench needs PostgreSQL 15, as Debian installs it.');
  const cli = await findTemporalCli(console.log);
  await Promise.all([bundle('textbook'), bundle('floor')]);
  const server = await startPostgres({ track_commit_timestamp: 'on' });
  return {
    postgres: { pid: await pidOf(server.url), version: server.version },
    async newGround(name, options) {
      const folder = join(projectRoot, '.data', 'bench', name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      return { cli, ...options, databaseUrl: await newDatabaseUrl(server.url), folder };
    },
    close: () => server.stop(),
  };
}

/** Of the server that all its processes are children of. */
async function pidOf(url: string): Promise<number> {
  const [row] = await ask(url, 'show data_directory');
  const [pid] = (await readFile(join(String(row?.['data_directory']), 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}
