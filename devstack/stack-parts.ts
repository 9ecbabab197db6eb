import { join } from 'node:path';
import { type RunningApi, startApi } from '../api/server';
import { scheduleReconciliations } from '../client/reconciliation-schedules';
import { openRecords } from '../records/open-records';
import type { Records } from '../records/payin-records';
import { startSandbox } from '../sandbox/sandbox';
import { SANDBOX, SANDBOX_MERCHANT } from '../settings';
import { temporalClient, type TemporalConfig, temporalConfig } from '../temporal.config';
import { workerConnection } from '../worker/connection';
import { installRuntime } from '../worker/runtime-logger';
import { type RunningWorker, startWorker } from '../worker/worker';
import { startDevServer } from './dev-server';
import { partLogger, type Say } from './stack-log';
import type { StackSettings } from './stack-settings';
import { findTemporalCli } from './temporal-programs';

/** What every part of the stack is started with. */
export interface Ground {
  readonly settings: StackSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  /** Registers how to stop what has just started. */
  readonly onStop: (step: () => Promise<unknown>) => void;
}

export interface TemporalPart {
  readonly config: TemporalConfig;
  readonly uiUrl?: string;
  /** Resolves when our dev server has ended, whether asked to or not. */
  readonly failed: Promise<string>;
}

export async function startTemporal({ settings, env, say, onStop }: Ground): Promise<TemporalPart> {
  if (!settings.ownTemporal) {
    const config = temporalConfig(env);
    say('temporal', `yours, at ${config.connectionOptions.address}, namespace ${config.namespace}`);
    return { config, failed: never };
  }
  const cli = await findTemporalCli((line) => say('temporal', line));
  const since = stopwatch();
  const server = await startDevServer({
    cli,
    port: settings.TEMPORAL_PORT,
    uiPort: settings.TEMPORAL_UI_PORT,
    namespace: settings.TEMPORAL_NAMESPACE,
    dbFile: join(settings.DATA_DIR, 'temporal', 'temporal.db'),
    logFile: join(settings.DATA_DIR, 'log', 'temporal.log'),
  });
  onStop(() => server.stop());
  const config = { namespace: server.namespace, connectionOptions: { address: server.address } };
  await schedule(config);
  say('temporal', `up after ${since()} at ${server.address}, UI ${server.uiUrl ?? 'off'} (pid ${server.pid})`);
  return {
    config,
    ...(server.uiUrl ? { uiUrl: server.uiUrl } : {}),
    failed: server.exited.then((code) => `the Temporal server has ended by itself (exit code ${code})`),
  };
}

/** On a server of somebody else's, `npm run setup` does that. */
async function schedule(config: TemporalConfig): Promise<void> {
  const client = temporalClient(config);
  try {
    await scheduleReconciliations(client);
  } finally {
    await client.connection.close();
  }
}

/** Opened, not waited for: everything else starts while the database is down. */
export function startRecords({ settings, say, onStop }: Ground): Records {
  const { DATABASE_URL: databaseUrl, DATA_DIR } = settings;
  const folder = join(DATA_DIR, 'records');
  const records = openRecords({ databaseUrl, folder });
  onStop(() => records.close());
  records.ping().then(
    () => say('records', databaseUrl === undefined ? `PostgreSQL embedded, in ${folder}` : 'yours, of DATABASE_URL'),
    (error: unknown) => say('records', `WARNING ${String(error)}`),
  );
  return records;
}

export async function startOwnSandbox({ settings, say, onStop }: Ground): Promise<string | undefined> {
  if (!settings.ownSandbox) {
    say('lesspay', `yours, at ${settings.LESSPAY_BASE_URL}`);
    return undefined;
  }
  const since = stopwatch();
  const logger = loggerOf('sandbox', settings, say);
  const sandbox = await startSandbox({
    port: settings.SANDBOX_PORT,
    appId: settings.LESSPAY_APP_ID,
    appSecret: settings.LESSPAY_APP_SECRET[0] ?? SANDBOX.appSecret,
    dataDir: join(settings.DATA_DIR, 'sandbox'),
    notifyUrl: `${settings.PUBLIC_URL}/webhooks/lesspay`,
    merchantSecret: SANDBOX_MERCHANT.secret,
    log: (line) => logger.info(line),
  });
  onStop(() => sandbox.close());
  say('sandbox', `up after ${since()} at ${sandbox.url}`);
  return sandbox.url;
}

export async function startWorkerPart(
  config: TemporalConfig,
  records: Records,
  { settings, say, onStop }: Ground,
): Promise<RunningWorker> {
  const since = stopwatch();
  const logger = loggerOf('worker', settings, say);
  installRuntime(logger);
  const connection = await workerConnection(config);
  onStop(() => connection.close());
  const worker = await startWorker({ connection, namespace: config.namespace, records, settings, logger });
  onStop(() => worker.shutdown());
  say('worker', `up after ${since()}`);
  return worker;
}

export async function startApiPart(
  config: TemporalConfig,
  records: Records,
  { settings, say, onStop }: Ground,
): Promise<RunningApi> {
  const since = stopwatch();
  const logger = loggerOf('api', settings, say);
  const client = temporalClient(config);
  onStop(() => client.connection.close());
  const api = await startApi({ client, records, settings, logger });
  onStop(() => api.close());
  say('api', `up after ${since()} at ${api.url}`);
  return api;
}

const never = new Promise<never>(() => undefined);

const loggerOf = (part: string, { LOG_LEVEL, DATA_DIR }: StackSettings, say: Say) =>
  partLogger(part, LOG_LEVEL, join(DATA_DIR, 'log'), say);

function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}
