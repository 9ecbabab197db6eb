import { noopMetricMeter } from '@temporalio/common';
import { pino } from 'pino';
import { openRecords } from '../../records/open-records';
import { readSettings, WORKER_SETTINGS } from '../../settings';
import { dataConverter } from '../../temporal.config';
import { BUNDLE_PATH, ENCRYPTING_BUNDLE_PATH } from '../../worker/bundle-path';
import { createMetrics } from '../../worker/metrics/metrics';
import { type WorkerDeps, workerOptions } from '../../worker/worker';

/** What a worker asks of Temporal's SDK, by its settings. */

const PAYLOAD_KEYS = `k=${Buffer.alloc(32).toString('base64')}`;

function optionsOf(env: NodeJS.ProcessEnv) {
  const settings = readSettings(WORKER_SETTINGS, { DATABASE_URL: 'postgres://127.0.0.1:1/none', ...env });
  const none: Pick<WorkerDeps, 'connection'> = Object.create(null);
  const records = openRecords({ databaseUrl: settings.DATABASE_URL });
  const logger = pino({ level: 'silent' });
  const deps = { ...none, records, namespace: 'default', dataConverter: dataConverter(env), settings, logger };
  return workerOptions(deps, createMetrics(noopMetricMeter, []));
}

it('encrypts, with the bundle whose failures are encrypted too, only where it has a key to encrypt', () => {
  expect(optionsOf({ PAYLOAD_KEYS })).toMatchObject({
    workflowBundle: { codePath: ENCRYPTING_BUNDLE_PATH },
    dataConverter: { failureConverterPath: expect.stringContaining('failure-converter') },
  });
  for (const env of [{}, { PAYLOAD_KEYS: `none,${PAYLOAD_KEYS}` }]) {
    const { workflowBundle, dataConverter } = optionsOf(env);
    expect(workflowBundle).toEqual({ codePath: BUNDLE_PATH });
    expect(dataConverter).toEqual({ payloadCodecs: [expect.anything()] });
  }
});

it('limits the activities of all workers together, only where that is set', () => {
  expect(optionsOf({ ACTIVITIES_PER_SECOND: '20' })).toMatchObject({ maxTaskQueueActivitiesPerSecond: 20 });
  expect(optionsOf({})).not.toHaveProperty('maxTaskQueueActivitiesPerSecond');
});

it('limits the quick queries of this worker, only where that is set', () => {
  const interceptors = (env: NodeJS.ProcessEnv) => optionsOf(env).interceptors?.activity;
  expect(interceptors({ QUICK_QUERIES_PER_SECOND: '0' })).toHaveLength(2);
  expect(interceptors({})).toHaveLength(1);
});
