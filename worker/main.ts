import { pino, type Logger } from 'pino';
import { openRecords } from '../records/open-records';
import { metricsAddress, readSettings, SettingsError, WORKER_SETTINGS, type WorkerSettings } from '../settings';
import { temporalConfig } from '../temporal.config';
import { openTraces } from '../traces/open-traces';
import { workerConnection } from './connection';
import { installRuntime } from './runtime';
import { startWorker } from './worker';

/** `npm run start:worker`: runs one worker until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readSettings(WORKER_SETTINGS);
  const logger = pino({ name: 'worker', level: settings.LOG_LEVEL });
  try {
    await runWorker(settings, logger);
  } catch (error) {
    logger.fatal({ err: error }, `the worker ends: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function runWorker(settings: WorkerSettings, logger: Logger): Promise<void> {
  installRuntime(logger, metricsAddress(settings));
  const config = temporalConfig();
  const { namespace, dataConverter } = config;
  const connection = await workerConnection(config);
  const records = openRecords({ databaseUrl: settings.DATABASE_URL });
  const traces = openTraces(settings, { service: 'lesspay-payins-worker', namespace, logger });
  const worker = await startWorker({ connection, namespace, dataConverter, records, settings, logger, traces });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      logger.info({ signal }, 'worker stops');
      endAtLast(settings.SHUTDOWN_GRACE_MS + AT_LAST_MS, logger);
      // A failure also rejects `finished`.
      worker.shutdown().catch(() => undefined);
    });
  await worker.finished;
  await connection.close();
  await records.close();
  await traces.close();
}

/** Later than the SDK's own limit (`shutdownForceTime`). */
const AT_LAST_MS = 10_000;

/** The SDK gives up a task that does not end in time, but its native part then waits for it for good, and keeps the process. */
function endAtLast(afterMs: number, logger: Logger): void {
  const end = () => {
    logger.fatal('the worker ends: a task did not end in time. Temporal gives it to another worker');
    process.exit(1);
  };
  setTimeout(end, afterMs).unref();
}

/** Wrong settings are for the person who starts it. From then on, every line is JSON. */
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
