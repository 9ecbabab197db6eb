import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLesspayClient } from '../../lesspay/client';
import { ownPort } from '../machinery/own-ports';
import { waitFor } from '../machinery/wait-for';
import { dist, startNode, type RunningScript } from '../scripts/running-script';
import { ACKNOWLEDGE } from './merchant';
import { APP, closeAll, openMerchant } from './rig';

/** The sandbox in a process of its own, as it is built, dies by SIGKILL; the next one goes on with its orders. */

let dataDir: string;
const processes: RunningScript[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lesspay-sandbox-'));
});
afterEach(async () => {
  for (const running of processes.splice(0)) await kill(running);
  await closeAll();
  rmSync(dataDir, { recursive: true });
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<RunningScript & { readonly url: string }> {
  const running = startNode([dist('sandbox/main.js')], { SANDBOX_PORT: '0', DATA_DIR: dataDir, ...env });
  processes.push(running);
  const url = () => /^Lesspay sandbox: (\S+)/m.exec(running.output())?.[1];
  await waitFor(() => url() !== undefined || running.child.exitCode !== null, { what: 'the sandbox' });
  return { ...running, url: url() ?? '' };
}

async function kill({ child, exited }: RunningScript): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

const client = (baseUrl: string) => createLesspayClient({ baseUrl, appId: APP.appId, secret: APP.appSecret });
const control = async (url: string, path: string, body?: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/control${path}`, {
    headers,
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return answer.json();
};
const ORDER = {
  request_id: '4711',
  product_name: 'Coffee',
  description: 'Two bags of beans',
  target_amount: '100.00',
  target_currency: 'USDT',
  success_url: 'https://shop.example/thanks',
  fail_url: 'https://shop.example/sorry',
  pay_access_type: 1,
} as const;
const recent = () => ({ start_time: Date.now() - 60_000, end_time: Date.now() + 60_000 });

test('between the order and its answer: the order is there after the restart, and is made once', async () => {
  const SANDBOX_PORT = String(await ownPort());
  const first = await start({ SANDBOX_PORT });
  await control(first.url, '/faults', { on: 'create', answer_delay_ms: 600_000 });
  const answer = client(first.url)
    .createOrder(ORDER)
    .catch((error: unknown) => error);
  await waitFor(async () => JSON.stringify(await control(first.url, '/orders')).includes('4711'), {
    what: 'the order',
  });
  await kill(first);
  expect(await answer).toMatchObject({ kind: 'connection_lost', effect: 'may_have' });

  const second = await start({ SANDBOX_PORT });
  const lesspay = client(second.url);
  expect(await lesspay.queryOrder({ request_id: '4711', ...recent() })).toMatchObject({
    request_id: '4711',
    status: 'PENDING_PAY',
    amount: '100.00',
  });
  await expect(lesspay.createOrder(ORDER)).rejects.toMatchObject({ kind: 'duplicate' });
});

test('while a webhook is owed: it is delivered after the restart', async () => {
  const merchant = await openMerchant();
  merchant.reply({ status: 503, text: 'later' });
  const env = { SANDBOX_NOTIFY_URL: merchant.url, SANDBOX_REDELIVERY_DELAYS_MS: '50,100' };
  const first = await start(env);
  await client(first.url).createOrder(ORDER);
  await control(first.url, '/orders/4711/pay', {});
  await waitFor(() => merchant.received.length >= 2, { what: 'a redelivery' });
  await kill(first);
  const before = merchant.received.length;
  merchant.reply(ACKNOWLEDGE);
  await start(env);
  await waitFor(() => merchant.received.length > before, { what: 'the delivery after the restart' });
  expect(merchant.received.at(-1)).toMatchObject({ signed: true, json: { order_status: 'SUCCEED' } });
});

test('a setting that is wrong is named, and no secret is shown', async () => {
  const sandbox = await start({
    SANDBOX_PORT: 'http',
    SANDBOX_REDELIVERY_DELAYS_MS: '5s',
    LESSPAY_APP_SECRET: 'hidden',
  });
  expect(await sandbox.exited).toBe(1);
  for (const name of ['SANDBOX_PORT', 'SANDBOX_REDELIVERY_DELAYS_MS']) expect(sandbox.output()).toContain(name);
  expect(sandbox.output()).not.toContain('hidden');
});
