import { once } from 'node:events';
import { pino } from 'pino';
import { openRecords } from '../../records/open-records';
import { readReceiverSettings } from '../../settings';
import { temporalClient, temporalConfig } from '../../temporal.config';
import { openTraces } from '../../traces/open-traces';
import { messageTraces } from '../../traces/trace-messages';
import { createMetrics } from '../http/metrics';
import { measureDelay } from '../http/overload';
import { runProgram } from '../http/run-program';
import { serve } from '../http/serve';
import { createMetricsPage, createReceiver } from './app';

/** `npm run start:receiver`: only the receiver of Lesspay's webhooks. It uses the Temporal server that `TEMPORAL_*` names. */
async function main(): Promise<void> {
  const settings = readReceiverSettings();
  const logger = pino({ name: 'receiver', level: settings.LOG_LEVEL });
  const config = temporalConfig();
  const traces = openTraces(settings, { service: 'lesspay-payins-receiver', namespace: config.namespace, logger });
  const client = temporalClient(config, messageTraces(traces));
  const { DATABASE_URL: databaseUrl } = settings;
  const records = databaseUrl === undefined ? undefined : openRecords({ databaseUrl });
  const metrics = createMetrics();
  const { delay, stop } = measureDelay();
  const app = createReceiver({ client, records: records ?? NO_RECORDS, settings, logger, metrics, delay, traces });
  const { RECEIVER_HOST: host, RECEIVER_PORT: port, MAX_CONNECTIONS: maxConnections } = settings;
  const receiver = await serve(app, { host, port, maxConnections });
  const page = await servePage();
  logger.info({ url: receiver.url, metrics: page?.url }, 'receiver runs');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  logger.info('receiver stops after the requests in progress');
  await receiver.close();
  await page?.close();
  stop();
  await client.connection.close();
  await records?.close();
  await traces.close();

  async function servePage() {
    const { RECEIVER_METRICS_HOST: host, RECEIVER_METRICS_PORT: port } = settings;
    return port === undefined ? undefined : serve(createMetricsPage(metrics), { host, port });
  }
}

/** Without a database: a webhook that names no `request_id` is kept by a workflow, and the workers look in the records. */
const NO_RECORDS = { find: () => Promise.resolve(undefined), findByPayOrderId: () => Promise.resolve(undefined) };

runProgram(main, 'RECEIVER_PORT or RECEIVER_METRICS_PORT');
