import { pino } from 'pino';
import { openRecords } from '../records/open-records';
import { readSettings, SettingsError, WORKER_SETTINGS } from '../settings';
import { temporalConfig } from '../temporal.config';
import { workerConnection } from './connection';
import { installRuntime } from './runtime-logger';
import { startWorker } from './worker';

/** `npm run start:worker`: runs one worker until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readSettings(WORKER_SETTINGS);
  const logger = pino({ name: 'worker', level: settings.LOG_LEVEL });
  installRuntime(logger);
  const config = temporalConfig();
  const { namespace, dataConverter } = config;
  const connection = await workerConnection(config);
  const records = openRecords({ databaseUrl: settings.DATABASE_URL });
  const worker = await startWorker({ connection, namespace, dataConverter, records, settings, logger });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      logger.info({ signal }, 'worker stops');
      worker.shutdown().catch(fail);
    });
  await worker.finished;
  await connection.close();
  await records.close();
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof SettingsError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

main().catch(fail);
