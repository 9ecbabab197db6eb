import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, withBrowser } from '../machinery/browser';
import { makeEmptyDatabase } from '../machinery/empty-database';
import { fromSetUp } from '../machinery/from-set-up';
import { ownPorts } from '../machinery/own-ports';
import { jsonObject, newRequestId, requestOf } from '../machinery/payin-request';
import { waitFor } from '../machinery/wait-for';

/** The whole stack as `npm start` runs it, and a payer with a real browser. */

const dataDir = mkdtempSync(join(tmpdir(), 'payins-'));
let stack: Stack;
let ports: string[];
let browser: Browser | undefined;

beforeAll(async () => {
  await makeEmptyDatabase(join(dataDir, 'orders'));
  ports = (await ownPorts(2)).map(String);
  stack = await startStack();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

withBrowser('a payer pays on the checkout page, lands on success_url, and the pay-in ends with SUCCEED', async () => {
  const request_id = newRequestId();
  const started = await post(request_id);
  expect(started.status).toBe(201);
  const page = await openPage(String(started.body['checkout_url']));
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/success`);
  await waitFor(async () => (await get(request_id))['status'] === 'SUCCEED', { what: 'SUCCEED' });
  await page.close();
});

withBrowser('a payer cancels, and lands on fail_url', async () => {
  const request_id = newRequestId();
  const page = await openPage(String((await post(request_id)).body['checkout_url']));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/fail`);
  await waitFor(async () => (await get(request_id))['status'] === 'CANCELED', { what: 'CANCELED' });
  await page.close();
});

withBrowser('stopped in the middle and started again, the pay-in goes on and ends', async () => {
  const request_id = newRequestId();
  const page = await openPage(String((await post(request_id)).body['checkout_url']));
  await stack.stop();
  stack = await startStack();
  await page.goto(String((await get(request_id))['checkout_url']));
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await waitFor(async () => (await get(request_id))['status'] === 'SUCCEED', { what: 'SUCCEED' });
  await page.close();
});

interface Stack {
  readonly apiUrl: string;
  readonly sandboxUrl: string;
  stop(): Promise<void>;
}

/** `npm start`, always on the same ports: the payer's page stays where it was. */
async function startStack(): Promise<Stack> {
  const [SANDBOX_PORT, PORT] = ports;
  const env = {
    PATH: process.env['PATH'],
    TEMPORAL_CLI_PATH: fromSetUp('TEST_TEMPORAL_CLI'),
    DATA_DIR: dataDir,
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    WORKER_METRICS_PORT: '0',
    SANDBOX_PORT,
    PORT,
  };
  const child = spawn(process.execPath, [join(__dirname, '../../dist/scripts/start.js')], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const isUp = () => {
    if (child.exitCode !== null) throw new Error(`npm start ended: ${output}`);
    return output.includes('Ctrl-C stops everything');
  };
  await waitFor(isUp, { what: 'the stack' });
  const urlOf = (part: string) => new RegExp(`${part} +(http://\\S+)`).exec(output)?.[1] ?? '';
  return { apiUrl: urlOf('API'), sandboxUrl: urlOf('Lesspay sandbox'), stop: () => interrupt(child) };
}

async function interrupt(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
}

async function openPage(url: string) {
  if (!browser) throw new Error('no browser');
  const page = await browser.newPage();
  await page.goto(url);
  return page;
}

async function post(request_id: string) {
  const body = JSON.stringify({
    ...requestOf(request_id),
    success_url: `${stack.sandboxUrl}/return/success`,
    fail_url: `${stack.sandboxUrl}/return/fail`,
  });
  const answer = await fetch(`${stack.apiUrl}/payins`, { method: 'POST', headers, body });
  return { status: answer.status, body: jsonObject.parse(await answer.json()) };
}

const headers = { authorization: 'Bearer dev', 'content-type': 'application/json' };

const get = async (request_id: string) =>
  jsonObject.parse(await (await fetch(`${stack.apiUrl}/payins/${request_id}`, { headers })).json());
