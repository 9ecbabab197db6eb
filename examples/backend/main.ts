import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { dataConverter } from '../../client';
import { createBackend } from './backend';
import { ShopOrders } from './shop-orders';
import { startOverRest } from './start-over-rest';
import { startOverTemporal } from './start-over-temporal';
import type { StartPayin } from './start-payin';

const { API_URL = 'http://127.0.0.1:3000', API_KEY = 'dev', NOTIFY_SECRET, PORT = '8080' } = process.env;

async function main(): Promise<void> {
  if (!NOTIFY_SECRET)
    throw new Error('NOTIFY_SECRET: is not set. Set it to the secret of this endpoint in NOTIFY_SECRETS.');
  const start = process.env['TEMPORAL_ADDRESS'] ? await overTemporal() : startOverRest(API_URL, API_KEY);
  createBackend(new ShopOrders(), start, NOTIFY_SECRET).listen(Number(PORT), '127.0.0.1', (error) => {
    if (error) throw error;
    console.log(`The shop listens on http://127.0.0.1:${PORT}`);
  });
}

/** Uses Temporal's standard settings, `TEMPORAL_*`, and the `PAYLOAD_KEYS` of the workers. */
async function overTemporal(): Promise<StartPayin> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  return startOverTemporal(new Client({ connection, namespace, dataConverter: dataConverter() }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
