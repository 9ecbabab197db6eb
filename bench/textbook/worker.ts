import { NativeConnection, Worker } from '@temporalio/worker';
import { Pool } from 'pg';
import { createLesspayClient } from '../../lesspay/client';
import { bundlePath } from '../bundle';
import { createActivities, SCHEMA } from './activities';
import { fromEnvironment } from './environment';
import { TASK_QUEUE } from './messages';

/** Runs the textbook's workflow and activities until SIGTERM. */
async function main(): Promise<void> {
  const database = new Pool({ connectionString: fromEnvironment('DATABASE_URL') });
  await database.query(SCHEMA);
  const url = process.env['NOTIFY_URL'];
  const lesspay = createLesspayClient({
    baseUrl: fromEnvironment('LESSPAY_BASE_URL'),
    appId: fromEnvironment('LESSPAY_APP_ID'),
    secret: fromEnvironment('LESSPAY_APP_SECRET'),
  });
  const connection = await NativeConnection.connect({ address: fromEnvironment('TEMPORAL_ADDRESS') });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundlePath('textbook') },
    activities: createActivities({
      lesspay,
      database,
      webhookUrl: `${fromEnvironment('PUBLIC_URL')}/webhooks/lesspay`,
      ...(url === undefined ? {} : { endpoint: { url, secret: fromEnvironment('NOTIFY_SECRET') } }),
    }),
  });
  await worker.run();
  await connection.close();
  await database.end();
}

void main();
