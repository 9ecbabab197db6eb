import { once } from 'node:events';
import { pino } from 'pino';
import { openRecords } from '../records/open-records';
import { readApiSettings, SettingsError } from '../settings';
import { temporalClient } from '../temporal.config';
import { startApi } from './server';

/** `npm run start:api`: only the API. It uses the Temporal server that the `TEMPORAL_*` settings name. */
async function main(): Promise<void> {
  const settings = readApiSettings();
  const logger = pino({ level: settings.LOG_LEVEL });
  const client = temporalClient();
  const records = openRecords({ databaseUrl: settings.DATABASE_URL });
  const api = await startApi({ client, records, settings, logger });
  logger.info({ url: api.url }, 'API runs');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  logger.info('API stops after the requests in progress');
  await api.close();
  await client.connection.close();
  await records.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});

function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return `${error.message}. Stop the program that listens on this port, or set PORT to another port.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
