import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { dataConverter, temporalClient } from '../../temporal.config';
import { readPayin } from '../../client';
import { decryptHistory } from '../../scripts/decrypted-history';
import { SANDBOX } from '../../settings';
import { quietRuntime } from '../machinery/quiet-runtime';
import { fromSetUp } from '../machinery/from-set-up';
import { ownPorts } from '../machinery/own-ports';
import { jsonObject, requestOf } from '../machinery/payin-request';
import { testDatabaseUrl } from '../machinery/postgres';
import { replayAll, type RunToReplay } from '../machinery/replay';
import { waitFor } from '../machinery/wait-for';
import { pressCtrlC, runScript, startScript } from '../scripts/running-script';

quietRuntime();

/** The whole product as it is built, with `PAYLOAD_KEYS`: what Temporal stores of it says nothing. */

const SAID = {
  product_name: 'Zanzibar nutmeg',
  description: 'Sixteen pounds of nutmeg',
  metadata: { customer: 'Wilhelmina Quux' },
  success_url: 'https://shop.example/nutmeg/success',
};
const REFUSAL = 'the card of Wilhelmina is blocked';
const WHY = 'Wilhelmina called the help desk';
/** What must be in no history, and nowhere in the database of Temporal. */
const HIDDEN = ['nutmeg', 'Wilhelmina', REFUSAL, WHY, SANDBOX.appSecret];

const PARTS = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'SANDBOX_PORT', 'PORT', 'CODEC_PORT'];

it('no name, description, metadata, message or secret can be read in Temporal, and everything works', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'encrypted-'));
  const ports = await ownPorts(PARTS.length);
  const [temporal, , sandbox, api] = ports;
  const keys = { PAYLOAD_KEYS: `2026-11=${Buffer.alloc(32, 'k').toString('base64')}` };
  const address = `127.0.0.1:${temporal}`;
  const stack = startScript('start', [], {
    ...keys,
    TEMPORAL_CLI_PATH: fromSetUp('TEST_TEMPORAL_CLI'),
    DATA_DIR: dataDir,
    DATABASE_URL: await testDatabaseUrl(),
    ...Object.fromEntries(PARTS.map((setting, index) => [setting, String(ports[index])])),
  });
  const clientWith = (PAYLOAD_KEYS: string) =>
    temporalClient({
      namespace: 'default',
      connectionOptions: { address },
      dataConverter: dataConverter({ PAYLOAD_KEYS }),
    });
  const client = clientWith(keys.PAYLOAD_KEYS);
  const json = { 'content-type': 'application/json' };
  const start = async (request_id: string) => {
    const body = JSON.stringify({ ...requestOf(request_id), ...SAID });
    const answer = await fetch(`http://127.0.0.1:${api}/payins`, {
      method: 'POST',
      headers: { ...json, authorization: 'Bearer dev' },
      body,
    });
    return { status: answer.status, body: jsonObject.parse(await answer.json()) };
  };
  const inHistories: string[] = [];
  try {
    await waitFor(() => stack.output().includes('Ctrl-C stops everything'), { what: 'the stack' });
    expect((await start('paid')).status).toBe(201);
    const fault = { on: 'create', request_id: 'refused', code: 5000, msg: REFUSAL };
    await fetch(`http://127.0.0.1:${sandbox}/control/faults`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(fault),
    });
    const refused = await start('refused');
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([422, expect.stringContaining(REFUSAL)]);

    // A resumed run reads what the terminated one knew; no record of this pay-in has its audit trail yet.
    await client.workflow.getHandle('payin-paid').terminate('ticket 816');
    const woken = await runScript('payin', ['wake', 'paid', '--why', WHY], { ...keys, TEMPORAL_ADDRESS: address });
    expect(woken).toMatchObject({ code: 0, output: expect.stringContaining('goes on in a new run') });
    const read = () => readPayin(client, 'paid', { timeoutMs: 2_000 });
    await waitFor(async () => (await read())?.status === 'PENDING_PAY', { what: 'the resumed run', restMs: 200 });
    expect(await read()).toMatchObject({ metadata: SAID.metadata, audit: [{ action: 'wake', why: WHY }] });
    expect(await start('paid')).toMatchObject({ status: 200, body: { metadata: SAID.metadata } });
    const blind = clientWith('none');
    await expect(readPayin(blind, 'paid', { timeoutMs: 2_000 })).rejects.toThrow('encrypted with the key "2026-11"');
    await blind.connection.close();

    const decrypted: RunToReplay[] = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      inHistories.push(textOf(historyToJSON(history)));
      await decryptHistory(history, client.options.loadedDataConverter.payloadCodecs);
      if (workflowId.startsWith('payin-')) decrypted.push({ workflowId, history });
    }
    expect(decrypted).toHaveLength(3);
    expect(await replayAll(fromSetUp('TEST_WORKFLOW_BUNDLE'), decrypted)).toEqual(decrypted.map(() => undefined));
  } finally {
    await client.connection.close();
    pressCtrlC(stack);
    await stack.exited;
  }
  const folder = join(dataDir, 'temporal');
  const inDatabase = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  rmSync(dataDir, { recursive: true });
  const found = (texts: readonly string[], what: string) => texts.some((text) => text.includes(what));
  // What is not encrypted is found.
  for (const shown of ['payin-refused', 'PENDING_PAY', 'ticket 816', '2026-11'])
    expect([shown, found(inHistories, shown) || shown !== 'ticket 816', found(inDatabase, shown)]).toEqual([
      shown,
      true,
      true,
    ]);
  expect(found(inHistories, 'Encoded failure')).toBe(true);
  expect(HIDDEN.filter((what) => found(inHistories, what) || found(inDatabase, what))).toEqual([]);
});

/** A history's JSON, followed by everything in it that is base64, decoded. */
const textOf = (json: string): string =>
  [
    json,
    ...[...json.matchAll(/"([A-Za-z0-9+/]{4,}={0,2})"/g)].map(([, text = '']) =>
      Buffer.from(text, 'base64').toString('latin1'),
    ),
  ].join('\n');
