import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { readSettings, WORKER_SETTINGS } from '../../settings';
import { startWorker } from '../../worker/worker';
import { APP, fromSetUp, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';

/** What a worker says of Lesspay when it starts. */

let rig: PayinRig;
let connection: NativeConnection;
beforeAll(async () => {
  rig = await startRig();
  connection = await NativeConnection.connect({ address: fromSetUp('TEST_TEMPORAL_ADDRESS') });
});
afterAll(async () => {
  await connection.close();
  await rig.close();
});
beforeEach(() => void rig.sandbox.settings.change({ clock_skew_ms: 0 }));

/** What it has logged of Lesspay, once it has said something. It runs meanwhile, and stops at once. */
async function saidAtStart(change: Record<string, string> = {}): Promise<string> {
  const lines: string[] = [];
  const settings = readSettings(WORKER_SETTINGS, {
    LESSPAY_BASE_URL: rig.sandbox.url,
    LESSPAY_APP_ID: APP.appId,
    LESSPAY_APP_SECRET: APP.appSecret,
    PUBLIC_URL: rig.apiUrl,
    DATABASE_URL: 'postgres://127.0.0.1:1/not-used',
    ...change,
  });
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const bundlePath = fromSetUp('TEST_WORKFLOW_BUNDLE');
  const worker = await startWorker({
    connection,
    namespace: 'default',
    records: rig.records,
    settings,
    logger,
    bundlePath,
  });
  const said = () => lines.find((line) => line.includes('Lesspay'));
  await waitFor(() => said() !== undefined, { what: 'a word about Lesspay' });
  await worker.shutdown();
  return said() ?? '';
}

it('that all is well', async () => {
  expect(await saidAtStart()).toMatch(/"level":30,.*Lesspay accepts our requests"/);
});

it('that our clock is off', async () => {
  rig.sandbox.settings.change({ clock_skew_ms: 6 * 60_000 });
  expect(await saidAtStart()).toMatch(/"level":40,.*Our clock is 6 minutes behind/);
});

it('that the secret is wrong', async () => {
  const said = await saidAtStart({ LESSPAY_APP_SECRET: 'not-the-secret' });
  expect(said).toMatch(/"level":40,.*"kind":"credentials".*did not accept the credentials/);
  expect(said).not.toContain('not-the-secret');
});

it('that it is out of reach, and starts all the same', async () => {
  expect(await saidAtStart({ LESSPAY_BASE_URL: 'http://127.0.0.1:1' })).toMatch(/"level":40,.*"kind":"unreachable"/);
});
