import { createHash } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox';
import { API_SETTINGS, readCodecSettings, readSettings } from '../../settings';
import { TASK_QUEUE } from '../../temporal.config';
import { ownPort } from '../machinery/own-ports';
import { fromSetUp, newRequestId, requestOf, startRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { runScript } from './running-script';

describe('npm run keys', () => {
  it('prints a new key, and the entry by which API_KEYS knows it', async () => {
    const { code, output } = await runScript('keys', ['new', 'web-shop', 'read']);
    expect(code).toBe(0);
    const [, key = ''] = /^key .*: (\S+)$/m.exec(output) ?? [];
    const [, entry = ''] = /^entry .*: (\S+)$/m.exec(output) ?? [];
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    const sha256 = createHash('sha256').update(key).digest('hex');
    const { API_KEYS } = readSettings(API_SETTINGS.pick({ API_KEYS: true }), {
      NODE_ENV: 'production',
      API_KEYS: entry,
    });
    expect(API_KEYS).toEqual([{ name: 'web-shop', scope: 'read', sha256 }]);
    expect((await runScript('keys', ['new', 'web-shop', 'read'])).output).not.toContain(key);
  });

  it('prints keys that encrypt payloads, and keys of people who may decrypt them', async () => {
    const entryOf = async (...args: string[]) => /^entry .*: (\S+)$/m.exec((await runScript('keys', args)).output)?.[1];
    const PAYLOAD_KEYS = await entryOf('payload', '2026-11');
    const CODEC_KEYS = await entryOf('codec', 'mia');
    expect(readCodecSettings({ PAYLOAD_KEYS, CODEC_KEYS, NODE_ENV: 'production' })).toMatchObject({
      PAYLOAD_KEYS: { encrypting: { id: '2026-11' } },
      CODEC_KEYS: [{ name: 'mia', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
  });

  it.each([
    [[]],
    [['new']],
    [['new', 'shop']],
    [['new', 'shop', 'admin']],
    [['new', 'a:b', 'read']],
    [['old', 'a', 'read']],
    [['payload', 'a', 'b']],
    [['codec']],
  ])('says how it is used when it is given %j', async (args) => {
    expect(await runScript('keys', args)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^usage: npm run keys/),
    });
  });
});

describe('npm run payin', () => {
  const env = { TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS') };

  it.each([[[]], [['wake']], [['sleep', 'x']], [['wake', 'x', 'y']], [['wake', 'x']]])(
    'says how it is used when it is given %j',
    async (args) => {
      expect(await runScript('payin', args, env)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/usage: npm run payin/),
      });
    },
  );

  it('shows a pay-in, and wakes one that has ended, with a name and a reason for the audit trail', async () => {
    const rig = await startRig();
    try {
      const request_id = newRequestId();
      expect((await runScript('payin', ['show', request_id], env)).output).toMatch(/knows no pay-in/);
      const blind = await runScript('payin', ['wake', request_id, '--why', 'a slip of the pen'], env);
      expect(blind).toMatchObject({ code: 1, output: expect.stringMatching(/knows no pay-in .* --unknown/) });
      await rig.post(requestOf(request_id));
      rig.sandbox.orders.act(request_id, 'pay');
      await rig.result(request_id);
      const wake = ['wake', request_id, '--who', 'mia', '--why', 'the payer called'];
      const queue = { ...env, TEMPORAL_TASK_QUEUE: TASK_QUEUE };
      expect((await runScript('payin', wake, queue)).output).toMatch(/goes on in a new run/);
      await waitFor(async () => (await rig.state(request_id)).audit.length === 1, { what: 'the audit' });
      expect((await runScript('payin', wake, queue)).output).toMatch(/asks Lesspay now/);
      const { output } = await runScript('payin', ['show', request_id], queue);
      expect(JSON.parse(output)).toMatchObject({ status: 'SUCCEED', audit: [{ who: 'mia' }, { who: 'mia' }] });
    } finally {
      await rig.close();
    }
  });
});

describe('npm run setup', () => {
  const address = fromSetUp('TEST_TEMPORAL_ADDRESS');

  it('registers the search attributes of a namespace once, and says so', async () => {
    const namespace = `setup-${newRequestId()}`;
    const connection = await Connection.connect({ address });
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await connection.close();
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const again = { code: 0, output: `Nothing to do in namespace ${namespace} at ${address}.\n` };
    let said = '';
    const isDone = async () => {
      const { code, output } = await runScript('setup', [], env);
      said += output;
      return code === again.code && output === again.output;
    };
    // The server learns of a new namespace within seconds.
    await waitFor(isDone, { restMs: 500, what: 'the registration' });
    expect(said).toMatch(/Registered PayinStatus, /);
    expect(said).toMatch(/Scheduled reconcile-recent, reconcile-week in/);
  });
});

describe('npm run lesspay:probe', () => {
  const app = { appId: 'probe-app', appSecret: 'probe-secret' };
  let sandbox: Sandbox;
  const probe = (args: readonly string[], LESSPAY_APP_SECRET = app.appSecret) =>
    runScript('lesspay-probe', args, {
      LESSPAY_BASE_URL: sandbox.url,
      LESSPAY_APP_ID: app.appId,
      LESSPAY_APP_SECRET,
    });

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, ...app });
  });
  afterAll(() => sandbox.close());

  it('asks for an order that does not exist, and shows the code', async () => {
    const { code, output } = await probe([]);
    expect(code).toBe(0);
    expect(output).toContain('HTTP 200');
    expect(output).toContain('code 1202');
    expect(output).toContain('our clock agrees');
    expect(sandbox.calls()).toMatchObject({ create_calls: 0 });
  });

  it('shows the shape of an answer, not a value of it, nor the secret', async () => {
    const { output } = await probe(['--last-hours', '1']);
    expect(output).toContain('data: ');
    expect(output).not.toContain(app.appSecret);
  });

  it.each([
    ['card', [], 'data.checkout_url: string'],
    ['card_session', [], 'data.payment_session_secret: string'],
    [
      'bank_push_mxn',
      ['--customer', 'name=Ana', '--customer', 'tax_id=52998224725'],
      'data.bank_details.clabe: string',
    ],
    ['pix_brl', ['--customer', 'name=Ana'], 'data.qr_code: string'],
    ['card_token', ['--token', 'src_coffee6m'], 'data.pay_order_id: string'],
  ])('creates an order by %s, and shows the shape of the answer, not a value of it', async (method, more, line) => {
    const { code, output } = await probe(['--create', method, ...more]);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(line) });
    expect(output).toMatch(/^create-order at /);
    const [order] = sandbox.orders.list();
    expect(order).toMatchObject({ target_amount: '10.00', product_name: 'A probe', status: 'PENDING_PAY' });
    expect(output).not.toMatch(new RegExp(`${order?.pay_order_id}|646180|Ana|529982|src_|pss_|${app.appSecret}`));
  });

  it('names what a method lacks, and creates nothing', async () => {
    const before = sandbox.orders.list().length;
    expect(await probe(['--create', 'pix_brl'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/customer is required/),
    });
    expect(sandbox.orders.list()).toHaveLength(before);
  });

  it('shows that the signature is refused', async () => {
    expect((await probe([], 'wrong')).output).toContain('HTTP 401');
  });

  it('says that our clock is off', async () => {
    sandbox.settings.change({ clock_skew_ms: -6 * 60_000 });
    expect((await probe([], 'wrong')).output).toMatch(/HTTP 401.*\nOur clock is 6 minutes ahead of/);
    sandbox.settings.change({ clock_skew_ms: 0 });
  });

  it('says how it is used when it is given other options', async () => {
    for (const args of [
      ['--all'],
      ['--create', 'cash'],
      ['--token', 'x'],
      ['--last-hours', '169'],
      ['--last-hours', '1', '--request-id', 'x'],
    ])
      expect(await probe(args)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/^usage: npm run lesspay:probe/),
      });
  });
});

describe('npm run demo', () => {
  it('says what to do when nothing is up', async () => {
    const API_URL = `http://127.0.0.1:${await ownPort()}`;
    const output = `Nothing answers at ${API_URL}: run "npm start" in another terminal, or set API_URL.\n`;
    expect(await runScript('demo', [], { API_URL })).toEqual({ code: 1, output });
  });
});
