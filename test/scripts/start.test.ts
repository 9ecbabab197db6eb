import { setTimeout as pause } from 'node:timers/promises';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../../devstack/ports';
import { makeEmptyDatabase } from '../machinery/empty-database';
import { filesWith, namesThatMatch } from '../machinery/files-with';
import { fromSetUp } from '../machinery/from-set-up';
import { ownPorts } from '../machinery/own-ports';
import { jsonObject, requestOf } from '../machinery/payin-request';
import { storedToken } from '../../sandbox/webhook-body';
import { testDatabaseUrl } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';
import { isAlive, pressCtrlC, runScript, type RunningScript, startScript } from './running-script';

/** `npm start` as it is built, on ports of its own. */

const PARTS = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'SANDBOX_PORT', 'PORT', 'WORKER_METRICS_PORT'];

let dataDir: string;
let env: NodeJS.ProcessEnv;
let started: RunningScript[] = [];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'start-'));
  const ports = await ownPorts(PARTS.length);
  env = {
    TEMPORAL_CLI_PATH: fromSetUp('TEST_TEMPORAL_CLI'),
    DATA_DIR: dataDir,
    DATABASE_URL: await testDatabaseUrl(),
    ...Object.fromEntries(PARTS.map((setting, index) => [setting, String(ports[index])])),
  };
});
afterEach(async () => {
  for (const { child, exited } of started) {
    child.kill('SIGKILL');
    await exited;
  }
  started = [];
  await portsFree();
  rmSync(dataDir, { recursive: true });
});

/** Fails where one is taken. */
const free = (ports: readonly number[], patienceMs = 0) =>
  freePorts(
    ports.map((port) => ({ part: 'test', setting: '', port, host: '127.0.0.1' })),
    patienceMs,
  );
const portsFree = (patienceMs = 15_000) =>
  free(
    PARTS.map((setting) => Number(env[setting])),
    patienceMs,
  );

async function start(name = 'start', isUp = 'Ctrl-C stops everything'): Promise<RunningScript> {
  const script = startScript(name, [], env);
  started.push(script);
  await says(script, isUp);
  return script;
}

const says = (script: RunningScript, text: string) =>
  waitFor(
    () => {
      if (script.child.exitCode) throw new Error(`It ended with ${script.child.exitCode}: ${script.output()}`);
      return script.output().includes(text);
    },
    { what: `"${text}"` },
  );

const post = (port: string, path: string, body: object = {}) =>
  fetch(`http://127.0.0.1:${env[port]}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer dev' },
    body: JSON.stringify(body),
  });

/** Pays by each method that has a secret, and tries what is refused. Returns all that no file may hold. */
async function payByCards(): Promise<string[]> {
  const [token, refusedToken] = ['src_nutmeg6mqfu3t4', 'src_saffron9zqxw2k7'];
  const [number, code] = ['5555341244441115', 'cvv 7391'];
  const startPayin = async (request_id: string, members: object) => {
    const answer = await post('PORT', '/payins', { ...requestOf(request_id), currency: 'USD', ...members });
    return { status: answer.status, body: jsonObject.parse(await answer.json()) };
  };
  for (const text of [number, code])
    expect((await startPayin('described', { description: `the card: ${text}` })).status).toBe(400);
  const msg = `no such token ${refusedToken}`;
  await post('SANDBOX_PORT', '/control/faults', { on: 'create', request_id: 'refused', code: 11, msg });
  expect((await startPayin('refused', { method: { type: 'card_token', token: refusedToken } })).status).toBe(422);
  const session = await startPayin('session', { method: { type: 'card_session' } });
  expect((await startPayin('token', { method: { type: 'card_token', token } })).status).toBe(201);
  for (const request_id of ['session', 'token']) {
    await post('SANDBOX_PORT', `/control/orders/${request_id}/pay`);
    await waitFor(async () => (await look(request_id))['status'] === 'SUCCEED', {
      what: `the payment of ${request_id}`,
    });
  }
  const stored = await payByStoredCard(startPayin);
  const shown = jsonObject.parse(session.body['next_step']);
  expect(shown).toMatchObject({
    token: expect.stringMatching(/^pst_.{9}/),
    secret: expect.stringMatching(/^pss_.{9}/),
  });
  return [token, refusedToken, number, code, String(shown['token']), String(shown['secret']), stored];
}

const look = async (request_id: string) => {
  const url = `http://127.0.0.1:${env['PORT']}/payins/${request_id}`;
  return jsonObject.parse(await (await fetch(url, { headers: { authorization: 'Bearer dev' } })).json());
};

/** Pays with a card that Lesspay stores, and again with the id of that card. Returns its token, as Lesspay's webhook states it. */
async function payByStoredCard(startPayin: (request_id: string, members: object) => Promise<{ body: object }>) {
  const { body } = await startPayin('stored', { method: { type: 'card' } });
  const { pay_order_id } = z.object({ pay_order_id: z.string() }).parse(body);
  const action = new URLSearchParams({ action: 'card-stored' });
  const page = `http://127.0.0.1:${env['SANDBOX_PORT']}/checkout/${pay_order_id}`;
  await fetch(page, { method: 'POST', body: action, redirect: 'manual' });
  await waitFor(async () => (await look('stored'))['stored_card'] !== undefined, { what: 'the stored card' });
  const { id } = z.object({ id: z.string() }).parse((await look('stored'))['stored_card']);
  // Until its order record is written, no pay-in can name it.
  const again = async () =>
    'pay_order_id' in (await startPayin('again', { method: { type: 'card_token', stored_card: id } })).body;
  await waitFor(again, { what: 'the payment by its id' });
  return storedToken(pay_order_id);
}

it('brings everything up, takes cards and keeps no secret of them, and one Ctrl-C, which npm sends twice, stops it', async () => {
  // As on a new machine, with order records in a folder; Temporal gets all payloads in clear.
  env = { ...env, DATABASE_URL: undefined, npm_lifecycle_event: 'start', PAYLOAD_KEYS: 'none', LOG_LEVEL: 'debug' };
  const stack = await start();
  for (const part of ['temporal', 'sandbox', 'worker', 'api'])
    expect(stack.output()).toContain(`${part.padEnd(9)} started in`);
  const [, metrics = ''] = /worker's metrics +(\S+)/.exec(stack.output()) ?? [];
  expect(await (await fetch(metrics)).text()).toContain('payin_started_total 0');
  const secrets = await payByCards();
  pressCtrlC(stack);
  // As npm does: not the same moment, in which two signals would be one.
  await pause(50);
  stack.child.kill('SIGINT');
  expect(await stack.exited).toBe(0);
  await portsFree(0);
  expect(readdirSync(dataDir).sort()).toEqual(['log', 'records', 'sandbox', 'temporal']);

  writeFileSync(join(dataDir, 'output'), stack.output());
  // PostgreSQL compresses long values: what it holds is read from an export.
  const exported = await runScript('records', ['export', join(dataDir, 'export')], env);
  expect(exported).toMatchObject({ code: 0, output: expect.stringMatching(/^saved: 5 payins/) });
  expect(filesWith(secrets, dataDir)).toEqual([]);
  // It was looked for in the right places, and what is sealed is there.
  const name = new RegExp(requestOf('').product_name);
  expect(namesThatMatch(name, dataDir)).toEqual(expect.arrayContaining(['export', 'sandbox', 'temporal']));
  expect(namesThatMatch(/\bv1\.[\w-]{50}/, dataDir)).toEqual(expect.arrayContaining(['export', 'temporal']));
}, 120_000);

it('a second Ctrl-C ends it at once, the Temporal server too', async () => {
  const stack = await start();
  // Something that it would wait for: a request whose body does not end.
  const caller = connect(Number(env['PORT']), '127.0.0.1').on('error', () => undefined);
  caller.write(
    'POST /payins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dev\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  );
  await once(caller, 'connect');
  pressCtrlC(stack);
  await says(stack, 'stopping');
  pressCtrlC(stack);
  expect(await stack.exited).toBe(130);
  caller.destroy();
  await portsFree();
});

it('starts nothing twice: not on the same data, not on taken ports', async () => {
  const stack = await start();
  const sameData = await runScript('start', [], env);
  expect(sameData.code).toBe(1);
  expect(sameData.output).toContain(`already running (pid ${stack.child.pid}): stop it first`);

  const otherData = mkdtempSync(join(tmpdir(), 'start-'));
  const samePorts = await runScript('start', [], { ...env, DATA_DIR: otherData });
  expect(samePorts.code).toBe(1);
  for (const setting of PARTS) expect(samePorts.output).toContain(`set another one with ${setting}=`);
  expect(readdirSync(otherData)).toEqual([]);
  rmSync(otherData, { recursive: true });
  expect(isAlive(stack.child.pid ?? 0)).toBe(true);
});

it('killed with SIGKILL, it takes the Temporal server along; the next start takes over, and the pay-in goes on', async () => {
  await makeEmptyDatabase(join(dataDir, 'records'));
  env = { ...env, DATABASE_URL: undefined };
  const stack = await start();
  env = { ...env, API_URL: `http://127.0.0.1:${env['PORT']}` };
  const demo = await start('demo', 'PENDING_PAY');
  expect(demo.output()).toMatch(
    new RegExp(`:${env['TEMPORAL_UI_PORT']}/namespaces/default/workflows/payin-demo-\\d+\n`),
  );
  stack.child.kill('SIGKILL');
  // At once: the Temporal server still has the ports.
  const next = await start();
  expect(next.output()).toContain('the last npm start was killed');
  const [, checkoutUrl = ''] = /Pay here: (\S+)/.exec(demo.output()) ?? [];
  await fetch(checkoutUrl, { method: 'POST', body: new URLSearchParams({ action: 'pay' }), redirect: 'manual' });
  expect(await demo.exited).toBe(0);
  expect(demo.output()).toMatch(/SUCCEED\n$/);
});

it('after a run that was killed it waits for the ports that its parts still hold', async () => {
  const part = createServer().listen(Number(env['TEMPORAL_PORT']), '127.0.0.1');
  await once(part, 'listening');
  writeFileSync(join(dataDir, 'lock'), 'of nobody');
  const stack = await start('start', 'the last npm start was killed');
  part.close();
  await says(stack, 'Ctrl-C stops everything');
  expect(stack.child.exitCode).toBeNull();
});

it('when a part ends by itself it says which, stops the others and fails', async () => {
  const stack = await start();
  process.kill(Number(/^.* temporal .*\(pid (\d+)\)/m.exec(stack.output())?.[1]), 'SIGKILL');
  expect(await stack.exited).toBe(1);
  expect(stack.output()).toContain('ERROR the Temporal server ended unexpectedly (exit code 137)');
  await portsFree(0);
});

it('when a part does not start, those before it are stopped', async () => {
  // The worker refuses: nobody registered search attributes there.
  const other = await start();
  const cluster = { TEMPORAL_ADDRESS: `127.0.0.1:${env['TEMPORAL_PORT']}`, TEMPORAL_NAMESPACE: 'temporal-system' };
  const otherData = mkdtempSync(join(tmpdir(), 'start-'));
  const [SANDBOX_PORT, PORT, WORKER_METRICS_PORT] = (await ownPorts(3)).map(String);
  const failed = await runScript('start', [], {
    ...env,
    ...cluster,
    DATA_DIR: otherData,
    SANDBOX_PORT,
    PORT,
    WORKER_METRICS_PORT,
  });
  expect(failed.code).toBe(1);
  expect(failed.output).toContain('sandbox   started in');
  expect(failed.output).toContain('npm run setup');
  await free([Number(SANDBOX_PORT), Number(PORT)]);
  expect(readdirSync(otherData)).not.toContain('lock');
  rmSync(otherData, { recursive: true });
  expect(other.child.exitCode).toBeNull();
});

it('in production nothing is simulated: what is missing is named, without a stack trace', async () => {
  const { code, output } = await runScript('start', [], { ...env, NODE_ENV: 'production' });
  expect(code).toBe(1);
  expect(output).toContain('TEMPORAL_ADDRESS: is not set');
  expect(output).toContain('LESSPAY_APP_SECRET: is not set');
  expect(output).not.toMatch(/^\s+at /m);
});
