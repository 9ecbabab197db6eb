import { join } from 'node:path';
import { startCodecServer } from '../api/codec/server';
import { type RunningApi, startApi } from '../api/server';
import { scheduleReconciliations } from '../client/reconciliation-schedules';
import { encryptingConverter } from '../codec/data-converter';
import { openRecords } from '../records/open-records';
import type { Records } from '../records/payin-records';
import { startSandbox } from '../sandbox/sandbox';
import { metricsAddress, SANDBOX, SANDBOX_MERCHANT } from '../settings';
import { temporalClient, type TemporalConfig, temporalConfig } from '../temporal.config';
import { openTraces } from '../traces/open-traces';
import { messageTraces } from '../traces/trace-messages';
import { workerConnection } from '../worker/connection';
import { installRuntime } from '../worker/runtime';
import { type RunningWorker, startWorker } from '../worker/worker';
import { startDevServer } from './dev-server';
import { partLogger, type Say } from './stack-log';
import type { StackSettings } from './stack-settings';
import { findTemporalCli } from './temporal-programs';

/** What the start function of each part gets. */
export interface StackContext {
  readonly settings: StackSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
  /** Registers a function that stops the part. */
  readonly onStop: (step: () => Promise<unknown>) => void;
}

export interface TemporalPart {
  readonly config: TemporalConfig;
  readonly uiUrl?: string;
  /** Resolves with a message when our dev server has ended, also when it was stopped. Never resolves for another server. */
  readonly failed: Promise<string>;
}

export async function startTemporal({ settings, env, say, onStop }: StackContext): Promise<TemporalPart> {
  if (!settings.ownTemporal) {
    const config = temporalConfig(env);
    say('temporal', `uses ${config.connectionOptions.address} (TEMPORAL_ADDRESS), namespace ${config.namespace}`);
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
    ...(settings.withCodecServer ? { codecUrl: `http://127.0.0.1:${settings.CODEC_PORT}` } : {}),
  });
  onStop(() => server.stop());
  const { namespace, address } = server;
  const dataConverter = encryptingConverter(settings.PAYLOAD_KEYS);
  const config = { namespace, connectionOptions: { address }, dataConverter };
  await schedule(config);
  say('temporal', `started in ${since()} at ${server.address}, UI ${server.uiUrl ?? 'off'} (pid ${server.pid})`);
  return {
    config,
    ...(server.uiUrl ? { uiUrl: server.uiUrl } : {}),
    failed: server.exited.then((code) => `the Temporal server ended unexpectedly (exit code ${code})`),
  };
}

/** Only on our own dev server; on any other, `npm run setup` creates the schedules. */
async function schedule(config: TemporalConfig): Promise<void> {
  const client = temporalClient(config);
  try {
    await scheduleReconciliations(client);
  } finally {
    await client.connection.close();
  }
}

/** Does not wait for the database: the other parts start while it is down. */
export function startRecords({ settings, say, onStop }: StackContext): Records {
  const { DATABASE_URL: databaseUrl, DATA_DIR } = settings;
  const folder = join(DATA_DIR, 'records');
  const records = openRecords({ databaseUrl, folder });
  onStop(() => records.close());
  records.ping().then(
    () => say('records', databaseUrl === undefined ? `uses an embedded PostgreSQL in ${folder}` : 'uses DATABASE_URL'),
    (error: unknown) => say('records', `WARNING ${String(error)}`),
  );
  return records;
}

export async function startOwnSandbox({ settings, say, onStop }: StackContext): Promise<string | undefined> {
  if (!settings.ownSandbox) {
    say('lesspay', `uses ${settings.LESSPAY_BASE_URL} (LESSPAY_BASE_URL)`);
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
  say('sandbox', `started in ${since()} at ${sandbox.url}`);
  return sandbox.url;
}

export async function startWorkerPart(
  config: TemporalConfig,
  records: Records,
  { settings, say, onStop }: StackContext,
): Promise<RunningWorker> {
  const since = stopwatch();
  const logger = loggerOf('worker', settings, say);
  installRuntime(logger, metricsAddress(settings));
  const connection = await workerConnection(config);
  onStop(() => connection.close());
  const { namespace, dataConverter } = config;
  const traces = openTraces(settings, { service: 'lesspay-payins-worker', namespace, logger });
  onStop(() => traces.close());
  const worker = await startWorker({ connection, namespace, dataConverter, records, settings, logger, traces });
  onStop(() => worker.shutdown());
  const { WORKER_METRICS_HOST, WORKER_METRICS_PORT } = settings;
  say('worker', `started in ${since()}, metrics http://${WORKER_METRICS_HOST}:${WORKER_METRICS_PORT}/metrics`);
  return worker;
}

export async function startApiPart(
  config: TemporalConfig,
  records: Records,
  { settings, say, onStop }: StackContext,
): Promise<RunningApi> {
  const since = stopwatch();
  const logger = loggerOf('api', settings, say);
  const traces = openTraces(settings, { service: 'lesspay-payins-api', namespace: config.namespace, logger });
  onStop(() => traces.close());
  const client = temporalClient(config, messageTraces(traces));
  onStop(() => client.connection.close());
  const api = await startApi({ client, records, settings, logger, traces });
  onStop(() => api.close());
  say('api', `started in ${since()} at ${api.url}`);
  return api;
}

/** @returns undefined where nothing is encrypted */
export async function startCodecPart({ settings, say, onStop }: StackContext): Promise<string | undefined> {
  if (!settings.withCodecServer) return undefined;
  const server = await startCodecServer({ settings, logger: loggerOf('codec', settings, say) });
  onStop(() => server.close());
  say('codec', `decrypts for the Temporal UI and CLI at ${server.url}`);
  return server.url;
}

const never = new Promise<never>(() => undefined);

const loggerOf = (part: string, { LOG_LEVEL, DATA_DIR }: StackSettings, say: Say) =>
  partLogger(part, LOG_LEVEL, join(DATA_DIR, 'log'), say);

function stopwatch(): () => string {
  const start = performance.now();
  return () => `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}
