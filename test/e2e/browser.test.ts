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
const customer = { name: 'Ana', tax_id: '52998224725' };
const CURRENCY = { card: 'USD', card_session: 'USD', bank_push_mxn: 'MXN', pix_brl: 'BRL' } as const;
let stack: Stack;
let ports: string[];
let browser: Browser | undefined;

beforeAll(async () => {
  await makeEmptyDatabase(join(dataDir, 'records'));
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

/** The button on the sandbox's page for each method, and what comes of it. */
withBrowser.each([
  ['a card that is accepted', { type: 'card' }, 'A card that is accepted', 'SUCCEED'],
  [
    'a card with 3-D Secure',
    { type: 'card', three_ds: { enabled: true } },
    '3-D Secure: pass the challenge',
    'SUCCEED',
  ],
  ['a card without it in the end', { type: 'card' }, '3-D Secure: asked for, and left out', 'SUCCEED'],
  ['a card in a form on our page', { type: 'card_session' }, 'A card that is accepted', 'SUCCEED'],
  ['a bank transfer', { type: 'bank_push_mxn', customer }, 'The transfer arrived: 100.00', 'SUCCEED'],
  ['a bank transfer of less', { type: 'bank_push_mxn', customer }, 'Less arrived: 50.00', 'PAID'],
  ['a bank transfer that came twice', { type: 'bank_push_mxn', customer }, 'It arrived twice: 200.00', 'PAID'],
  ['PIX', { type: 'pix_brl', customer }, 'Scan and pay', 'SUCCEED'],
] as const)('%s ends as it should', async (_what, method, button, status) => {
  const request_id = newRequestId();
  const { body } = await post(request_id, { currency: CURRENCY[method.type], method });
  const page = await openPage(`${stack.sandboxUrl}/checkout/${String(body['pay_order_id'])}`);
  await page.getByRole('button', { name: button }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/success`);
  await waitFor(async () => (await get(request_id))['status'] === status, { what: status });
  await page.close();
});

withBrowser('a declined card leaves the payer on the page, and the next one pays; a dispute comes later', async () => {
  const request_id = newRequestId();
  const page = await openPage(String((await post(request_id, { method: { type: 'card' } })).body['checkout_url']));
  await page.getByRole('button', { name: 'Declined: suspected fraud (30034)' }).click();
  await page.getByRole('button', { name: 'Accepted, and disputed later' }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/success`);
  await waitFor(async () => (await get(request_id))['needs_attention'] === true, { what: 'the dispute' });
  expect(await get(request_id)).toMatchObject({ status: 'SUCCEED', alerts: [{ code: 'dispute_received' }] });
  await page.close();
});

withBrowser('a card that is stored pays again, by its id, without the payer', async () => {
  const request_id = newRequestId();
  const page = await openPage(String((await post(request_id, { method: { type: 'card' } })).body['checkout_url']));
  await page.getByRole('button', { name: 'Accepted, and the card is stored' }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/success`);
  await waitFor(async () => (await get(request_id))['stored_card'] !== undefined, { what: 'the stored card' });
  const { stored_card, status } = await get(request_id);
  expect({ status, stored_card }).toEqual({
    status: 'SUCCEED',
    stored_card: { id: expect.stringMatching(/^card_[0-9a-f]{32}$/), last_four: '4242' },
  });
  const again = newRequestId();
  const method = { type: 'card_token', stored_card: jsonObject.parse(stored_card)['id'] };
  const started = await post(again, { currency: 'USD', method });
  expect(started).toMatchObject({ status: 201, body: { next_step: { type: 'none' } } });
  await page.goto(`${stack.sandboxUrl}/checkout/${String(started.body['pay_order_id'])}`);
  await page.getByRole('button', { name: 'A card that is accepted' }).click();
  await page.waitForURL(`${stack.sandboxUrl}/return/success`);
  await waitFor(async () => (await get(again))['status'] === 'SUCCEED', { what: 'SUCCEED' });
  await page.close();
});

withBrowser('a browser draws the QR code of PIX, on the sandbox’s page and from our answer', async () => {
  const { body } = await post(newRequestId(), { currency: 'BRL', method: { type: 'pix_brl', customer } });
  const page = await openPage(`${stack.sandboxUrl}/checkout/${String(body['pay_order_id'])}`);
  const widthOf = (source: string) =>
    page.evaluate(`new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth);
      image.onerror = () => resolve(0);
      image.src = ${JSON.stringify(source)};
    })`);
  const shown = await page.getByRole('img', { name: 'The PIX QR code' }).getAttribute('src');
  for (const source of [shown, jsonObject.parse(body['next_step'])['image']])
    expect(await widthOf(String(source))).toBeGreaterThan(0);
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

async function post(request_id: string, changes: object = {}) {
  const body = JSON.stringify({
    ...requestOf(request_id),
    ...changes,
    success_url: `${stack.sandboxUrl}/return/success`,
    fail_url: `${stack.sandboxUrl}/return/fail`,
  });
  const answer = await fetch(`${stack.apiUrl}/payins`, { method: 'POST', headers, body });
  return { status: answer.status, body: jsonObject.parse(await answer.json()) };
}

const headers = { authorization: 'Bearer dev', 'content-type': 'application/json' };

const get = async (request_id: string) =>
  jsonObject.parse(await (await fetch(`${stack.apiUrl}/payins/${request_id}`, { headers })).json());
