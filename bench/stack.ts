import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DevServer, startDevServer } from '../devstack/dev-server';
import { type LeashedProgram, runOnLeash } from '../devstack/leashed-program';
import { projectRoot } from '../devstack/project-root';
import { DEV_API_KEY, SANDBOX, SANDBOX_MERCHANT } from '../settings';
import { ownPorts } from '../test/machinery/own-ports';
import { waitFor } from '../test/machinery/wait-for';
import { type Contender, PROGRAMS } from './contenders';
import type { Part, Plan } from './driver/plan';
import { PEERS_MODULES } from './install-peers';
import { type RestateServer, startRestateServer } from './restate-server';

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

/**
 * Starts the engine and one contender's programs, each as a process of its own. They end with this process.
 * @throws Error when one of them does not start
 */
export async function startStack(contender: Contender, ground: Ground): Promise<Stack> {
  const started: Pick<LeashedProgram, 'stop'>[] = [];
  const pids: Partial<Record<Part, number>> = {};
  const stop = async () => {
    for (const program of started.reverse()) await program.stop();
  };
  const keep = <Started extends Pick<LeashedProgram, 'pid' | 'stop'>>(part: Part, program: Started): Started => {
    started.push(program);
    pids[part] = program.pid;
    return program;
  };
  try {
    const { folder } = ground;
    const [sandboxPort = 0, apiPort = 0] = await ownPorts(2);
    const http = {
      api_url: `http://127.0.0.1:${apiPort}`,
      sandbox_url: `http://127.0.0.1:${sandboxPort}`,
      api_key: DEV_API_KEY,
    };
    const { engine, worker, api } = PROGRAMS[contender.programs];
    const temporal = engine === 'temporal' ? keep('temporal', await startTemporal(ground)) : undefined;
    const restate = engine === 'restate' ? keep('restate', await startRestateServer(folder)) : undefined;
    if (restate) await answers(`${restate.admin_url}/health`, restate, restate.logFile);
    const env = {
      ...(temporal ? { TEMPORAL_ADDRESS: temporal.address } : {}),
      ...(restate ? await restateSettings(restate) : {}),
      DATABASE_URL: ground.databaseUrl,
      LESSPAY_BASE_URL: http.sandbox_url,
      LESSPAY_APP_ID: SANDBOX.appId,
      LESSPAY_APP_SECRET: SANDBOX.appSecret,
      PUBLIC_URL: http.api_url,
      PORT: String(apiPort),
      API_KEY: DEV_API_KEY,
      ...endpointSettings(contender, `${http.sandbox_url}${SANDBOX_MERCHANT.path}`),
    };
    const run = async (part: Part, file: string, settings: NodeJS.ProcessEnv) =>
      keep(part, await runNode(part, file, settings, folder));

    if (worker !== undefined) {
      const program = await run('worker', worker, env);
      if (restate) await answers(`${restate.admin_url}/services/payin`, program, join(folder, 'worker.log'));
    }
    if (api !== undefined) {
      const sandbox = await run('sandbox', 'dist/sandbox/main.js', {
        SANDBOX_PORT: String(sandboxPort),
        DATA_DIR: folder,
      });
      const program = await run('api', api, env);
      await answers(`${http.sandbox_url}/control/settings`, sandbox, join(folder, 'sandbox.log'));
      await answers(`${http.api_url}/healthz`, program, join(folder, 'api.log'));
    }
    return {
      ...(temporal ? { temporal_address: temporal.address } : {}),
      ...(api === undefined ? {} : { http }),
      pids,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTemporal({ cli, engine, folder }: Ground): Promise<DevServer> {
  const [port = 0] = await ownPorts(1);
  const dbFile = engine === 'disk' ? { dbFile: join(folder, 'temporal.db') } : {};
  return startDevServer({ cli, port, logFile: join(folder, 'temporal.log'), ...dbFile });
}

async function restateSettings({ ingress_url, admin_url }: RestateServer): Promise<NodeJS.ProcessEnv> {
  const [port = 0] = await ownPorts(1);
  return { RESTATE_INGRESS_URL: ingress_url, RESTATE_ADMIN_URL: admin_url, RESTATE_WORKER_PORT: String(port) };
}

/** As the product reads them, and as all others do. */
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
    env: { PATH: process.env['PATH'], NODE_PATH: PEERS_MODULES, ...env },
    limitMs: 5_000,
  });
}

async function answers(url: string, { gone }: Pick<LeashedProgram, 'gone'>, logFile: string): Promise<void> {
  const isUp = async () => {
    if (gone.aborted) throw new Error(`It does not start:\n${readFileSync(logFile, 'utf8')}`);
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitFor(isUp, { what: url });
}
