import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { readSettings, SettingsError, WORKER_SETTINGS } from '../../settings';
import { startWorker, type RunningWorker } from '../../worker/worker';
import { APP, fromSetUp, newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { temporal } from '../machinery/temporal-cli';
import { waitFor } from '../machinery/wait-for';

/** Worker Deployment versioning, with the commands of docs/changing-workflows.md. */

const DEPLOYMENT = `test-${randomUUID()}`;

let rig: PayinRig;
let connection: NativeConnection;
const workers: RunningWorker[] = [];
beforeAll(async () => {
  rig = await startRig();
  connection = await NativeConnection.connect({ address: fromSetUp('TEST_TEMPORAL_ADDRESS') });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.shutdown()));
  await connection.close();
  await rig.close();
});

async function startBuild(build: string): Promise<RunningWorker> {
  const settings = readSettings(WORKER_SETTINGS, {
    LESSPAY_BASE_URL: rig.sandbox.url,
    LESSPAY_APP_ID: APP.appId,
    LESSPAY_APP_SECRET: APP.appSecret,
    PUBLIC_URL: rig.apiUrl,
    DATABASE_URL: 'postgres://127.0.0.1:1/not-used',
    TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT,
    TEMPORAL_WORKER_BUILD_ID: build,
  });
  const bundlePath = fromSetUp('TEST_WORKFLOW_BUNDLE');
  const logger = pino({ level: 'silent' });
  const worker = await startWorker({
    connection,
    namespace: 'default',
    records: rig.records,
    settings,
    logger,
    bundlePath,
  });
  workers.push(worker);
  return worker;
}

/** The server hears of a build by its polls. */
async function makeCurrent(build: string): Promise<void> {
  const named = ['--deployment-name', DEPLOYMENT, '--build-id', build];
  const known = () =>
    temporal('worker', 'deployment', 'describe-version', ...named).then(
      (answer) => answer.includes('activity') && answer.includes('workflow'),
      () => false,
    );
  await waitFor(known, { what: `build ${build} at the server` });
  await temporal('worker', 'deployment', 'set-current-version', ...named, '--yes');
}

const buildOf = async (request_id: string) =>
  (await rig.handle(request_id).describe()).raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;

async function paid(request_id: string): Promise<string | null | undefined> {
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await rig.result(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [] });
  return buildOf(request_id);
}

it('a pay-in goes on from workers without a build to the first build, and on to the next one', async () => {
  const [unversioned, first] = [newRequestId(), newRequestId()];
  await rig.post(requestOf(unversioned));
  const build1 = await startBuild('1.4.0');
  await makeCurrent('1.4.0');
  await rig.stopWorker();
  expect(await paid(unversioned)).toBe('1.4.0');

  expect((await rig.post(requestOf(first))).status).toBe(201);
  await startBuild('1.5.0');
  expect(await buildOf(first)).toBe('1.4.0');
  await makeCurrent('1.5.0');
  await build1.shutdown();
  expect(await paid(first)).toBe('1.5.0');
});

it('a deployment name that the server would refuse in silence is refused at the start', () => {
  for (const TEMPORAL_DEPLOYMENT_NAME of ['pay.ins', 'pay:ins', '__payins'])
    expect(() => readSettings(WORKER_SETTINGS, { TEMPORAL_DEPLOYMENT_NAME })).toThrow(SettingsError);
});
