import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevServer } from '../../devstack/dev-server';
import { ownPort } from '../machinery/own-ports';
import { call, postWebhook, signed, startTestApi } from './running-api';
import { claimsOf, runPayin } from './running-payin';

test('Temporal stopped: 503, and SUCCESS again after its return, without a restart of the API', async () => {
  const cli = process.env['TEST_TEMPORAL_CLI'];
  if (!cli) throw new Error('TEST_TEMPORAL_CLI is not set: run through jest, whose global set-up sets it');
  const folder = mkdtempSync(join(tmpdir(), 'recovery-'));
  const server = { cli, port: await ownPort(), dbFile: join(folder, 'temporal.db') };
  const logFile = join(folder, 'temporal.log');
  const before = await startDevServer({ ...server, logFile });
  const api = await startTestApi(before.address);
  const { request_id } = await runPayin(api.client);
  const webhook = signed({ request_id, order_status: 'SUCCEED', api_version: 'v2' });

  await before.stop();
  expect(await postWebhook(api, webhook)).toMatchObject({ status: 503, json: { code: 'temporal_unavailable' } });
  expect(await call(`${api.url}/readyz`)).toMatchObject({ status: 503 });

  const after = await startDevServer({ ...server, logFile });
  // Lesspay delivers again until it reads SUCCESS.
  let answer = await postWebhook(api, webhook);
  while (answer.status === 503) answer = await postWebhook(api, webhook);
  expect(answer).toMatchObject({ status: 200, text: 'SUCCESS' });
  expect(await claimsOf(api.client, request_id)).toMatchObject([{ request_id }]);
  expect(await call(`${api.url}/readyz`)).toMatchObject({ status: 200 });

  await api.close();
  await after.stop();
  rmSync(folder, { recursive: true });
});
