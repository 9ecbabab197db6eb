import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { TASK_QUEUE, temporalClient } from '../../temporal.config';
import { APP, fromSetUp, type PayinRig } from '../machinery/payin-rig';
import { testDatabaseUrl } from '../machinery/postgres';
import { waitFor } from '../machinery/wait-for';

/** A program of dist/ in a process of its own. */
export function run(script: string, env: NodeJS.ProcessEnv, stderr: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  const program = spawn(process.execPath, [join(__dirname, '../../dist', script)], {
    stdio: ['ignore', 'pipe', stderr],
    // On a busy machine every process is late.
    env: { OVERLOAD_DELAY_MS: '0', ...env },
  });
  // A log that nobody reads must not fill the pipe.
  program.stdout?.resume();
  return program;
}

/** What every program is told. */
const sharedEnv = (databaseUrl: string | undefined) => ({
  PATH: process.env['PATH'],
  TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'),
  TEMPORAL_TASK_QUEUE: TASK_QUEUE,
  LESSPAY_APP_ID: APP.appId,
  LESSPAY_APP_SECRET: APP.appSecret,
  DATABASE_URL: databaseUrl,
});

/** What programs without a rig run on. */
export interface Ground {
  readonly client: Client;
  /** It loses its webhooks: the test delivers them itself. */
  readonly sandbox: Sandbox;
  readonly env: NodeJS.ProcessEnv;
  /** Stops the programs first. */
  close(programs: readonly ChildProcess[]): Promise<void>;
}

export async function prepareGround(): Promise<Ground> {
  const env = sharedEnv(await testDatabaseUrl());
  const client = temporalClient({ namespace: 'default', connectionOptions: { address: env.TEMPORAL_ADDRESS } });
  const sandbox = await startSandbox({ port: 0, ...APP });
  sandbox.faults.add({ on: 'webhook', lose: true, times: null });
  return {
    client,
    sandbox,
    env,
    async close(programs) {
      await Promise.all(programs.map(stop));
      await sandbox.close();
      await client.connection.close();
    },
  };
}

/** A worker beside the rig, as `npm run start:worker` runs it, on what the rig runs on: its order records are in PostgreSQL. */
export const runWorker = (
  rig: Pick<PayinRig, 'sandbox' | 'apiUrl'>,
  databaseUrl: string | undefined,
  env: NodeJS.ProcessEnv = {},
  stderr: 'inherit' | 'pipe' = 'inherit',
): ChildProcess =>
  run(
    'worker/main.js',
    { ...sharedEnv(databaseUrl), LESSPAY_BASE_URL: rig.sandbox.url, PUBLIC_URL: rig.apiUrl, ...env },
    stderr,
  );

/** Where the API listens, by its log, which is read on so that it never waits for us. */
export async function urlOf(api: ChildProcess): Promise<string> {
  let url: string | undefined;
  api.stdout?.on('data', (text: Buffer) => (url ??= /"url":"([^"]+)"/.exec(text.toString())?.[1]));
  await waitFor(() => url !== undefined, { what: 'the API' });
  return url ?? '';
}

export async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return;
  program.kill('SIGTERM');
  await once(program, 'exit');
}
