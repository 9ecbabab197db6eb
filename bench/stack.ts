import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDevServer } from '../devstack/dev-server';
import { type LeashedProgram, runOnLeash } from '../devstack/leashed-program';
import { projectRoot } from '../devstack/project-root';
import { DEV_API_KEY, SANDBOX, SANDBOX_MERCHANT } from '../settings';
import { ownPorts } from '../test/machinery/own-ports';
import { waitFor } from '../test/machinery/wait-for';
import { type Contender } from './contenders';
import type { Plan } from './driver/plan';

/** What a contender runs on. */
export interface Ground {
  /** The Temporal CLI's path. */
  readonly cli: string;
  /** Where Temporal keeps its data. */
  readonly engine: 'memory' | 'disk';
  /** Of an empty database. */
  readonly databaseUrl: string;
  /** For data and logs. */
  readonly folder: string;
}

export interface Stack extends Pick<Plan, 'temporal_address' | 'http' | 'pids'> {
  stop(): Promise<void>;
}

type Program = Pick<LeashedProgram, 'pid' | 'stop'>;

/**
 * Starts Temporal and one contender's programs, each as a process of its own. They end with this process.
 * @throws Error when one of them does not start
 */
export async function startStack(contender: Contender, ground: Ground): Promise<Stack> {
  const started: Program[] = [];
  const stop = async () => {
    for (const program of started.reverse()) await program.stop();
  };
  const keep = <Started extends Program>(program: Started): Started => {
    started.push(program);
    return program;
  };
  try {
    const { folder } = ground;
    const [temporalPort = 0, sandboxPort = 0, apiPort = 0] = await ownPorts(3);
    const [sandbox_url, api_url] = [`http://127.0.0.1:${sandboxPort}`, `http://127.0.0.1:${apiPort}`];
    const temporal = keep(
      await startDevServer({
        cli: ground.cli,
        port: temporalPort,
        logFile: join(folder, 'temporal.log'),
        ...(ground.engine === 'disk' ? { dbFile: join(folder, 'temporal.db') } : {}),
      }),
    );
    const env = {
      TEMPORAL_ADDRESS: temporal.address,
      DATABASE_URL: ground.databaseUrl,
      LESSPAY_BASE_URL: sandbox_url,
      LESSPAY_APP_ID: SANDBOX.appId,
      LESSPAY_APP_SECRET: SANDBOX.appSecret,
      PUBLIC_URL: api_url,
      PORT: String(apiPort),
      API_KEY: DEV_API_KEY,
      ...endpointSettings(contender, `${sandbox_url}${SANDBOX_MERCHANT.path}`),
    };
    const { worker: workerFile, api: apiFile } = PROGRAMS[contender.programs];
    const worker = keep(await runNode('worker', workerFile, env, folder));
    if (apiFile === undefined)
      return { temporal_address: temporal.address, pids: { temporal: temporal.pid, worker: worker.pid }, stop };

    const sandboxEnv = { SANDBOX_PORT: String(sandboxPort), DATA_DIR: folder };
    const sandbox = keep(await runNode('sandbox', 'dist/sandbox/main.js', sandboxEnv, folder));
    const api = keep(await runNode('api', apiFile, env, folder));
    await answers(`${sandbox_url}/control/settings`, sandbox, join(folder, 'sandbox.log'));
    await answers(`${api_url}/healthz`, api, join(folder, 'api.log'));
    return {
      temporal_address: temporal.address,
      http: { api_url, sandbox_url, api_key: DEV_API_KEY },
      pids: { temporal: temporal.pid, worker: worker.pid, api: api.pid, sandbox: sandbox.pid },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const PROGRAMS: Readonly<Record<Contender['programs'], { readonly worker: string; readonly api?: string }>> = {
  ours: { worker: 'dist/worker/main.js', api: 'dist/api/main.js' },
  textbook: { worker: 'dist/bench/textbook/worker.js', api: 'dist/bench/textbook/api.js' },
  floor: { worker: 'dist/bench/floor/worker.js' },
};

/** As each of the two reads them. */
function endpointSettings({ programs, notifies }: Contender, url: string): NodeJS.ProcessEnv {
  if (!notifies) return {};
  const { name, secret } = SANDBOX_MERCHANT;
  return programs === 'ours'
    ? { NOTIFY_ENDPOINTS: `${name}=${url}`, NOTIFY_SECRETS: `${name}=${secret}`, NOTIFY_PRIVATE: name }
    : { NOTIFY_URL: url, NOTIFY_SECRET: secret };
}

/** Runs one of the compiled programs; its output goes to a log in the folder. */
function runNode(part: string, file: string, env: NodeJS.ProcessEnv, folder: string): Promise<LeashedProgram> {
  return runOnLeash(process.execPath, [join(projectRoot, file)], {
    logFile: join(folder, `${part}.log`),
    env: { PATH: process.env['PATH'], ...env },
    limitMs: 5_000,
  });
}

async function answers(url: string, { gone }: LeashedProgram, logFile: string): Promise<void> {
  const isUp = async () => {
    if (gone.aborted) throw new Error(`It does not start:\n${readFileSync(logFile, 'utf8')}`);
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitFor(isUp, { what: url });
}
