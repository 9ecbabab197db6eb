import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type DevServer, startDevServer } from '../../devstack/dev-server';
import { missingSearchAttributes } from '../../temporal.config';
import { ownPort } from '../machinery/own-ports';
import { fromSetUp } from '../machinery/from-set-up';

let folder: string;
let server: DevServer | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dev-server-'));
});
afterEach(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const start = async (options: { port?: number; dbFile?: string; namespace?: string; extraArgs?: string[] } = {}) =>
  (server = await startDevServer({
    cli: fromSetUp('TEST_TEMPORAL_CLI'),
    port: 0,
    logFile: join(folder, 'temporal.log'),
    ...options,
  }));

async function withClient<Result>({ address, namespace }: DevServer, use: (client: Client) => Promise<Result>) {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

it('keeps a started workflow through kill -9 and a restart on the same data', async () => {
  const options = { port: await ownPort(), dbFile: join(folder, 'data', 'temporal.db') };
  const before = await start(options);
  await withClient(before, (client) => client.workflow.start('any', { taskQueue: 'none', workflowId: 'kept' }));
  process.kill(before.pid, 'SIGKILL');
  await before.exited;

  const after = await start(options);
  await withClient(after, async (client) => {
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  });
});

it.each(['default', 'shop'])(
  'has the search attributes, and 30 days of retention, in namespace %s',
  async (namespace) => {
    await withClient(await start({ namespace }), async ({ connection }) => {
      expect(await missingSearchAttributes(connection, namespace)).toEqual([]);
      const { config } = await connection.workflowService.describeNamespace({ namespace });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
    });
  },
);

it('that does not start is an error with the end of its output', async () => {
  await expect(start({ extraArgs: ['--no-such-flag'] })).rejects.toThrow('unknown flag: --no-such-flag');
});
