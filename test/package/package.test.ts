import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromSetUp, newRequestId, type PayinRig, startRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { TASK_QUEUE } from '../../temporal.config';
import { startNode } from '../scripts/running-script';
import { newProject, packagesNamedIn, type Project, readManifest } from './project';

/** What `npm run package` packs, in a project of a backend in another folder (README.md, "Install it in your backend"). */

const ENTRIES = ['lesspay-payins', 'lesspay-payins/lesspay', 'lesspay-payins/notifications'];

let project: Project;
let rig: PayinRig;
beforeAll(async () => {
  project = newProject();
  rig = await startRig();
});
afterAll(async () => {
  await rig.close();
  project.remove();
});

const env = () => ({ TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'), TEMPORAL_TASK_QUEUE: TASK_QUEUE });
const shown = (script: string): unknown => JSON.parse(project.node('-p', `JSON.stringify(${script})`));

/** The TypeScript of README.md that holds a text. */
function fromReadme(text: string): string {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  const code = [...blocks].map(([, block = '']) => block).find((block) => block.includes(text));
  if (code === undefined) throw new Error(`README.md has no code with ${text}`);
  return code;
}

it('declares what its files import and no more, in the versions of the repository', () => {
  const [packed, ours] = [readManifest(project.installed), readManifest('.')];
  const { version, license, engines } = ours;
  expect(packed).toMatchObject({ version, license, engines });
  const declared = { ...packed.dependencies, ...packed.peerDependencies };
  expect(ours.dependencies).toMatchObject(declared);
  expect(packagesNamedIn(project.installed)).toEqual(Object.keys(declared).sort());
});

it.each([
  [
    'lesspay-payins',
    ['checkoutWithStart', 'startPayin', 'readPayin', 'wakePayin', 'payinWorkflowId', 'checkoutUpdate'],
  ],
  ['lesspay-payins/lesspay', ['createLesspayClient', 'verifyWebhook', 'requestSignature', 'LesspayError']],
  ['lesspay-payins/notifications', ['verifyNotification', 'NotificationError']],
])('%s is the same module for require and for import', (entry, names) => {
  const picked = `{ ${names.join(', ')} }`;
  project.write(
    'same.mjs',
    `import { createRequire } from 'node:module';
     import ${picked} from '${entry}';
     const required = createRequire(import.meta.url)('${entry}');
     console.log(Object.entries(${picked}).filter(([name, value]) => value && required[name] === value).length);`,
  );
  expect(project.node('same.mjs').trim()).toBe(String(names.length));
});

it('loads no worker, no database and no server, and Temporal only for the client', () => {
  const loadedBy = (entry: string) =>
    shown(
      `(require('${entry}'), [...new Set(Object.keys(require.cache).map((path) => (/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(path) ?? [])[1]))])`,
    );
  const [client, ...others] = ENTRIES.map(loadedBy);
  expect(client).toEqual(expect.arrayContaining(['@temporalio/client', 'zod']));
  for (const name of ['@temporalio/worker', '@temporalio/core-bridge', 'pg', 'express', 'drizzle-orm', 'cli-progress'])
    expect(client).not.toContain(name);
  for (const loaded of others) expect(String(loaded)).not.toContain('@temporalio');
});

it("compiles README's code with TypeScript strict, and its ten lines start a pay-in and read its outcome", async () => {
  const request_id = newRequestId();
  const start = fromReadme('checkoutWithStart')
    .replaceAll('4711', request_id)
    .replace('Connection.connect()', "Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' })");
  project.write(
    'src/start.ts',
    `import { theRest } from './the-rest.js';
${start}
console.log(JSON.stringify({ checkout_url, status }));
await client.connection.close();
`,
  );
  const url = 'https://shop.example';
  const theRest = { product_name: 'Tea', description: 'A pot of tea', success_url: url, fail_url: url };
  project.write('src/the-rest.ts', `export const theRest = ${JSON.stringify(theRest)};`);
  project.write(
    'src/receive.ts',
    `${fromReadme('verifyNotification')}
declare const database: { takeOnce(id: string, payin: { request_id: string; status: string }): Promise<void> };
`,
  );
  expect(project.compile()).toEqual([]);

  const started = startNode([join(project.folder, 'out/start.js')], env());
  const order = () => rig.sandbox.orders.list().find((one) => one.request_id === request_id);
  await waitFor(() => order() !== undefined, { what: `the order of the pay-in: ${started.output()}` });
  rig.sandbox.orders.act(request_id, 'pay');
  expect(await started.exited).toBe(0);
  expect(JSON.parse(started.output())).toEqual({ checkout_url: order()?.checkout_url, status: 'SUCCEED' });

  const command = join(project.installed, 'scripts/command.js');
  const show = startNode([command, 'payin', 'show', request_id], env());
  expect({ code: await show.exited, output: show.output() }).toEqual({
    code: 0,
    output: expect.stringContaining('"status": "SUCCEED"'),
  });
});

it.each([
  [[], /^usage: lesspay-payins COMMAND/],
  [['toString'], /^usage: lesspay-payins COMMAND/],
  [['payin'], /^usage: lesspay-payins payin show REQUEST_ID\n {7}lesspay-payins payin waiting/],
  [['keys', 'new'], /^usage: lesspay-payins keys new NAME SCOPE/],
])('the program says how it is used when it is given %j', async (args, usage) => {
  const run = startNode([join(project.installed, 'scripts/command.js'), ...args]);
  expect({ code: await run.exited, output: run.output() }).toEqual({ code: 1, output: expect.stringMatching(usage) });
});
