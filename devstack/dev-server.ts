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
  /** 0: any free port. */
  readonly port: number;
  /** 0: any free port. Absent: no UI. */
  readonly uiPort?: number;
  /** The URL of the codec server with which the UI decrypts payloads. */
  readonly codecUrl?: string;
  /** The file of its SQLite database. Absent: in memory. */
  readonly dbFile?: string;
  readonly namespace?: string;
  /** The server's output is appended to this file. */
  readonly logFile?: string;
  readonly extraArgs?: readonly string[];
}

/** `stop` sends SIGTERM, so that the server closes its database, and kills it after 10 s. */
export interface DevServer extends Pick<LeashedProgram, 'pid' | 'exited' | 'stop'> {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl?: string;
}

/** How long closed runs stay in the UI. The dev server's own default is one day. */
const RETENTION_MS = 30 * 24 * 3_600_000;
const READY_LIMIT_MS = 30_000;

/**
 * Starts a Temporal dev server and registers the search attributes of a pay-in. It ends with this process (`runOnLeash`).
 * @throws Error with the last lines of the server's output when it is not ready within 30 s
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { cli, namespace = 'default', logFile = join(cacheDir, 'dev-server.log') } = options;
  const port = options.port || (await freePort('Temporal server'));
  const uiPort = options.uiPort === 0 ? await freePort('Temporal UI') : options.uiPort;
  if (options.dbFile) mkdirSync(dirname(options.dbFile), { recursive: true });
  const logSizeBefore = existsSync(logFile) ? statSync(logFile).size : 0;
  const args = serverArguments(options, port, uiPort);
  const server = await runOnLeash(cli, args, { logFile, env: serverEnvironment() });
  const address = `127.0.0.1:${port}`;
  try {
    await prepare(address, namespace, server.gone);
  } catch (error) {
    await server.stop();
    const output = readFileSync(logFile).subarray(logSizeBefore).toString().trim().split('\n').slice(-10).join('\n  ');
    const message = `The Temporal dev server did not start. The end of its output (${logFile}):\n  ${output}`;
    throw new Error(message, { cause: error });
  }
  return { ...server, address, namespace, ...(uiPort ? { uiUrl: `http://127.0.0.1:${uiPort}` } : {}) };
}

/** With a write-ahead log and `synchronous=normal` the database file is as fast as memory, and SIGKILL loses nothing. */
function serverArguments(
  { dbFile, namespace, codecUrl, extraArgs = [] }: DevServerOptions,
  port: number,
  uiPort?: number,
) {
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
    ...(codecUrl ? [`--ui-codec-endpoint=${codecUrl}`] : []),
    ...extraArgs,
  ];
}

/** Without `TEMPORAL_*`, which the CLI would apply to itself. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Sets the namespace's retention, registers the search attributes, and waits until the server knows them. */
async function prepare(address: string, namespace: string, gone: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  const connection = await connectWhenReady(address, namespace, deadline, gone);
  try {
    const config = { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) };
    await connection.workflowService.updateNamespace({ namespace, config });
    await registerSearchAttributes(connection, namespace);
    while ((await missingSearchAttributes(connection, namespace)).length > 0) {
      if (Date.now() >= deadline)
        throw new Error('The search attributes were registered, but the server does not list them');
      await sleep(50, undefined, { signal: gone });
    }
  } finally {
    await connection.close();
  }
}

/** Opens a new connection for each try, without the SDK's retries: a reconnect or a retry would wait a second or more. */
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
