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
import type { Ground } from './ground';
import { PEERS_MODULES } from './install-peers';
import { type RestateServer, startRestateServer } from './restate-server';

/** All parts that run, and how to change them. */
export interface Stack extends Pick<Plan, 'temporal_address' | 'http'> {
  /** At any time. */
  pids(): Plan['pids'];
  /** One more program with the settings of the others, and some of its own. */
  run(part: Part, file: string, settings?: NodeJS.ProcessEnv): Promise<LeashedProgram>;
  /** Stops the workers; then so many new ones run. */
  restartWorkers(count: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the engine and one contender's programs, each as a process of its own. They end with this process.
 * @throws Error when one of them does not start
 */
export async function startStack(contender: Contender, ground: Ground): Promise<Stack> {
  const { folder } = ground;
  let running: { readonly part: Part; readonly program: Pick<LeashedProgram, 'pid' | 'stop'> }[] = [];
  const stopAll = async (which: (part: Part) => boolean) => {
    for (const { part, program } of running.toReversed()) if (which(part)) await program.stop();
    running = running.filter(({ part }) => !which(part));
  };
  const keep = <Started extends Pick<LeashedProgram, 'pid' | 'stop'>>(part: Part, program: Started): Started => {
    running.push({ part, program });
    return program;
  };
  try {
    const [sandboxPort = 0, apiPort = 0] = await ownPorts(2);
    const api_url = `http://127.0.0.1:${apiPort}`;
    const sandbox_url = `http://127.0.0.1:${sandboxPort}`;
    const { engine, worker, api } = PROGRAMS[contender.programs];
    const temporal = engine === 'temporal' ? keep('temporal', await startTemporal(ground)) : undefined;
    const restate = engine === 'restate' ? keep('restate', await startRestateServer(folder)) : undefined;
    if (restate) await answers(`${restate.admin_url}/health`, restate, restate.logFile);
    const env = {
      ...(temporal ? { TEMPORAL_ADDRESS: temporal.address } : {}),
      ...(restate ? await restateSettings(restate) : {}),
      DATABASE_URL: ground.databaseUrl,
      LESSPAY_BASE_URL: sandbox_url,
      LESSPAY_APP_ID: SANDBOX.appId,
      LESSPAY_APP_SECRET: SANDBOX.appSecret,
      PUBLIC_URL: api_url,
      PORT: String(apiPort),
      API_KEY: DEV_API_KEY,
      ...endpointSettings(contender, `${sandbox_url}${SANDBOX_MERCHANT.path}`),
    };
    const run = async (part: Part, file: string, settings: NodeJS.ProcessEnv = {}) =>
      keep(part, await runNode(part, file, { ...env, ...settings }, folder));

    const restartWorkers = async (count: number) => {
      await stopAll((part) => part === 'worker');
      if (worker === undefined) return;
      for (let index = 0; index < count; index += 1) await run('worker', worker);
    };
    await restartWorkers(ground.workers);
    if (restate) await answers(`${restate.admin_url}/services/payin`, restate, join(folder, 'worker.log'));
    if (api !== undefined) {
      const sandboxSettings = { SANDBOX_PORT: String(sandboxPort), DATA_DIR: folder };
      const sandbox = await run('sandbox', 'dist/sandbox/main.js', sandboxSettings);
      const program = await run('api', api);
      await answers(`${sandbox_url}/control/settings`, sandbox, join(folder, 'sandbox.log'));
      await answers(`${api_url}/healthz`, program, join(folder, 'api.log'));
    }
    return {
      temporal_address: temporal?.address,
      http: api === undefined ? undefined : { api_url, sandbox_url, api_key: DEV_API_KEY },
      pids: () => pidsOf(running),
      run,
      restartWorkers,
      stop: () => stopAll(() => true),
    };
  } catch (error) {
    await stopAll(() => true);
    throw error;
  }
}

function pidsOf(running: readonly { readonly part: Part; readonly program: { readonly pid: number } }[]): Plan['pids'] {
  const parts = [...new Set(running.map(({ part }) => part))];
  const ofPart = (wanted: Part) => running.flatMap(({ part, program }) => (part === wanted ? [program.pid] : []));
  return Object.fromEntries(parts.map((part) => [part, ofPart(part)]));
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

export async function answers(url: string, { gone }: Pick<LeashedProgram, 'gone'>, logFile: string): Promise<void> {
  const isUp = async () => {
    if (gone.aborted) throw new Error(`It does not start:\n${readFileSync(logFile, 'utf8')}`);
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await waitFor(isUp, { what: url });
}
