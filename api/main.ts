import { once } from 'node:events';
import { pino } from 'pino';
import { openRecords } from '../records/open-records';
import { readApiSettings } from '../settings';
import { temporalClient, temporalConfig } from '../temporal.config';
import { openTraces } from '../traces/open-traces';
import { messageTraces } from '../traces/trace-messages';
import { runProgram } from './http/run-program';
import { startApi } from './server';

/** `npm run start:api`: only the API. It uses the Temporal server that the `TEMPORAL_*` settings name. */
async function main(): Promise<void> {
  const settings = readApiSettings();
  const logger = pino({ level: settings.LOG_LEVEL });
  const config = temporalConfig();
  const traces = openTraces(settings, { service: 'lesspay-payins-api', namespace: config.namespace, logger });
  const client = temporalClient(config, messageTraces(traces));
  const records = openRecords({ databaseUrl: settings.DATABASE_URL });
  const api = await startApi({ client, records, settings, logger, traces });
  logger.info({ url: api.url }, 'API runs');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  logger.info('API stops after the requests in progress');
  await api.close();
  await client.connection.close();
  await records.close();
  await traces.close();
}

runProgram(main, 'PORT');
