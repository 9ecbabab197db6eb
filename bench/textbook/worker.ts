import { NativeConnection, Worker } from '@temporalio/worker';
import { bundlePath } from '../bundle';
import { fromEnvironment } from '../duties/environment';
import { openSteps } from '../duties/steps';
import { TASK_QUEUE } from './messages';

/** Runs the textbook's workflow and activities until SIGTERM. */
async function main(): Promise<void> {
  const { steps, database } = await openSteps();
  const connection = await NativeConnection.connect({ address: fromEnvironment('TEMPORAL_ADDRESS') });
  const workflowBundle = { codePath: bundlePath('textbook') };
  const worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle, activities: steps });
  await worker.run();
  await connection.close();
  await database.end();
}

void main();
