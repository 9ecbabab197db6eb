import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { missingSearchAttributes, registerSearchAttributes } from '../temporal.config';
import { type LeashedProgram, runOnLeash } from './leashed-program';
import { freePort } from './ports';
import { cacheDir } from './project-root';

export interface DevServerOptions {
  /** The path of the Temporal CLI (`findTemporalCli`). */
  readonly cli: string;
  /** 0: any free one. */
  readonly port: number;
  /** No UI when left out. 0: any free one. */
  readonly uiPort?: number;
  /** Where its data stays; in memory when left out. */
  readonly dbFile?: string;
  readonly namespace?: string;
  /** Where the server's own output is added to. */
  readonly logFile?: string;
  readonly extraArgs?: readonly string[];
}

/** `stop` lets it close its database, and kills it when that takes longer than 10 s. */
export interface DevServer extends Pick<LeashedProgram, 'pid' | 'exited' | 'stop'> {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
}

/** Closed pay-ins stay this long in the UI, and their results there: the dev server's own default is a day. */
const RETENTION_MS = 30 * 24 * 3_600_000;
const READY_LIMIT_MS = 30_000;

/**
 * Starts a Temporal dev server with the search attributes of a pay-in. It ends when this process does (`runOnLeash`).
 * @throws Error with the server's last words when it is not ready within 30 s
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { cli, namespace = 'default', logFile = join(cacheDir, 'dev-server.log') } = options;
  const port = options.port || (await freePort('Temporal server'));
  const uiPort = options.uiPort === 0 ? await freePort('Temporal UI') : options.uiPort;
  if (options.dbFile) mkdirSync(dirname(options.dbFile), { recursive: true });
  const spokenBefore = existsSync(logFile) ? statSync(logFile).size : 0;
  const args = serverArguments(options, port, uiPort);
  const server = await runOnLeash(cli, args, { logFile, env: serverEnvironment() });
  const address = `127.0.0.1:${port}`;
  try {
    await prepare(address, namespace, server.gone);
  } catch (error) {
    await server.stop();
    const words = readFileSync(logFile).subarray(spokenBefore).toString().trim().split('\n').slice(-10).join('\n  ');
    const message = `The Temporal dev server does not start. Its last words (${logFile}):\n  ${words}`;
    throw new Error(message, { cause: error });
  }
  return { ...server, address, namespace, ...(uiPort ? { uiUrl: `http://127.0.0.1:${uiPort}` } : {}) };
}

/** With a write-ahead log and `synchronous=normal` the database on disk is as fast as one in memory, and a kill -9 loses nothing. */
function serverArguments({ dbFile, namespace, extraArgs = [] }: DevServerOptions, port: number, uiPort?: number) {
  return [
    'server',
    'start-dev',
    '--log-level=error',
    '--ip=127.0.0.1',
    `--port=${port}`,
    uiPort ? `--ui-port=${uiPort}` : '--headless',
    ...(dbFile
      ? [`--db-filename=${dbFile}`, '--sqlite-pragma=journal_mode=wal', '--sqlite-pragma=synchronous=normal']
      : []),
    ...(namespace ? [`--namespace=${namespace}`] : []),
    ...extraArgs,
  ];
}

/** Without `TEMPORAL_*`, which the CLI would read as its own. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Gives the namespace its retention and its search attributes, and waits until both are there. */
async function prepare(address: string, namespace: string, gone: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  const connection = await connectWhenReady(address, namespace, deadline, gone);
  try {
    const config = { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) };
    await connection.workflowService.updateNamespace({ namespace, config });
    await registerSearchAttributes(connection, namespace);
    while ((await missingSearchAttributes(connection, namespace)).length > 0) {
      if (Date.now() >= deadline) throw new Error('The search attributes do not appear');
      await sleep(50, undefined, { signal: gone });
    }
  } finally {
    await connection.close();
  }
}

/** A new connection for every try, without retries of its own: both would wait a second and more. */
async function connectWhenReady(
  address: string,
  namespace: string,
  deadline: number,
  gone: AbortSignal,
): Promise<Connection> {
  for (;;) {
    const connection = Connection.lazy({ address, interceptors: [] });
    try {
      await connection.withDeadline(deadline, () => connection.workflowService.describeNamespace({ namespace }));
      return connection;
    } catch (error) {
      await connection.close();
      if (Date.now() >= deadline) throw error;
    }
    await sleep(50, undefined, { signal: gone });
  }
}
