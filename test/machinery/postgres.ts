import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type LeashedProgram, runOnLeash } from '../../devstack/leashed-program';
import { freePort } from '../../devstack/ports';
import { waitFor } from './wait-for';

/** Where Debian's package `postgresql` puts it. */
const BIN = '/usr/lib/postgresql/15/bin';

export interface PostgresServer {
  /** Of its database `postgres`, as its owner. */
  readonly url: string;
  readonly version: string;
  /** Ends it, and forgets its data. */
  stop(): Promise<void>;
}

/** A server that may end, and go on with its data. */
export interface RestartablePostgres extends PostgresServer {
  /** By default SIGKILL, as a machine that fails; SIGINT ends all sessions and then itself. */
  end(signal?: 'SIGKILL' | 'SIGINT'): Promise<void>;
  startAgain(): Promise<void>;
}

/** A program of PostgreSQL's, e.g. `pg_dump`. */
export const postgresProgram = (name: string): string => join(BIN, name);

export const isPostgresInstalled = (): boolean => existsSync(join(BIN, 'postgres'));

/**
 * A PostgreSQL of our own on a free port of this machine, its data in a scratch folder. It ends when this process does.
 * @param settings e.g. `{ fsync: 'off' }`
 */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<RestartablePostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const logFile = join(folder, 'log');
  const data = join(folder, 'data');
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (owner) chownSync(folder, owner.uid, owner.gid);
  execFileSync(
    join(BIN, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'trust', '--no-sync'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...owner,
    },
  );
  const port = await freePort('PostgreSQL');
  const options = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings };
  const command = [
    join(BIN, 'postgres'),
    '-D',
    data,
    ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  // PostgreSQL refuses to run as root.
  const [program = '', ...args] = owner
    ? ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...command]
    : command;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let server: LeashedProgram;
  const start = async () => {
    // Asked by SIGTERM it waits for its clients to leave, so not for long.
    server = await runOnLeash(program, args, { logFile, limitMs: 2_000 });
    await waitFor(() => server.gone.aborted || answers(url), { what: 'PostgreSQL' });
    return !server.gone.aborted;
  };
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (!(await start())) throw new Error(`PostgreSQL ended: ${readFileSync(logFile, 'utf8')}`);
    const [row] = await ask(url, 'show server_version');
    return {
      url,
      version: String(row?.['server_version']),
      stop,
      async end(signal = 'SIGKILL') {
        process.kill(server.pid, signal);
        await server.exited;
      },
      // It refuses to start until the last session of a killed one has noticed.
      startAgain: () => waitFor(start, { what: 'PostgreSQL, on the data it left', restMs: 100 }),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of a new, empty database on the PostgreSQL of the tests; undefined where there is none. */
export async function testDatabaseUrl(): Promise<string | undefined> {
  const shared = process.env['TEST_DATABASE_URL'];
  return shared ? newDatabaseUrl(shared) : undefined;
}

/** Of a new, empty database on a server. */
export async function newDatabaseUrl(server: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await ask(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** Runs SQL of a test's own, on a connection of its own. */
export async function ask(url: string, query: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(query);
    return rows;
  } finally {
    await client.end();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await ask(url, 'select 1');
    return true;
  } catch {
    return false;
  }
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (which: string) => Number(execFileSync('id', [which, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
