import { NativeConnection, Worker } from '@temporalio/worker';
import { bundlePath } from '../bundle';
import { TASK_QUEUE } from './messages';

const activities = {
  doNothing: (): Promise<void> => Promise.resolve(),
};
export type FloorActivities = typeof activities;

/** Runs the floor's workflow and activities until SIGTERM. */
async function main(): Promise<void> {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const workflowBundle = { codePath: bundlePath('floor') };
  const worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle, activities });
  await worker.run();
  await connection.close();
}

void main();
