import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevServer, startDevServer } from '../../devstack/dev-server';
import { cacheDir } from '../../devstack/project-root';
import { findTemporalCli, findTestServer } from '../../devstack/temporal-programs';
import { WORKFLOWS_PATH } from '../../worker/bundle-path';
import { bundleWorkflows } from '../../worker/bundle-workflows';
import { DYNAMIC_CONFIG } from './dynamic-config';
import { isPostgresInstalled, type PostgresServer, startPostgres } from './postgres';

const DYNAMIC_ARGS = Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
  '--dynamic-config-value',
  `${key}=${JSON.stringify(value)}`,
]);

declare global {
  /** What the teardown stops: jest loads it apart, and the global object is what both see. */
  var sharedDevServer: DevServer | undefined;
  var sharedPostgres: PostgresServer | undefined;
}

/**
 * Once, before all test files: one dev server for all of them, in memory, one bundle of the workflows, and one
 * PostgreSQL, in which each makes databases of its own. With `TEST_TEMPORAL_ADDRESS` set, that server is used instead
 * (`test/cluster/faults.ts`).
 * What it sets in `process.env` the test files inherit (jest docs, "globalSetup").
 */
export default async function setUp(): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  // Go's collector runs a quarter as often: the server's memory is small, its CPU time is not.
  process.env['GOGC'] ??= '400';
  // One after the other: they may be fetched.
  const cli = await findTemporalCli(say);
  const testServer = await findTestServer(say);
  const logFile = join(cacheDir, 'test', 'dev-server.log');
  const [server, bundle] = await Promise.all([
    process.env['TEST_TEMPORAL_ADDRESS']
      ? undefined
      : startDevServer({ cli, port: 0, logFile, extraArgs: DYNAMIC_ARGS }),
    buildBundle(),
    findPostgres(say),
  ]);
  globalThis.sharedDevServer = server;
  if (server) process.env['TEST_TEMPORAL_ADDRESS'] = server.address;
  process.env['TEST_TEMPORAL_CLI'] = cli;
  process.env['TEST_TEMPORAL_TEST_SERVER'] = testServer;
  process.env['TEST_WORKFLOW_BUNDLE'] = bundle;
  process.env['TEST_REPLAYED'] = await mkdtemp(join(tmpdir(), 'replayed-'));
  say(
    server
      ? `The tests run on a Temporal dev server at ${server.address} (${cli})`
      : `The tests run on the Temporal at ${process.env['TEST_TEMPORAL_ADDRESS']}`,
  );
}

async function buildBundle(): Promise<string> {
  const folder = join(cacheDir, 'test');
  await mkdir(folder, { recursive: true });
  const code = await bundleWorkflows(require.resolve(WORKFLOWS_PATH));
  // Its own for each run: two at once must not read each other's half-written file.
  const path = join(folder, `workflow-bundle-${process.pid}.js`);
  await writeFile(path, code);
  return path;
}

/** `TEST_DATABASE_URL`: of a database whose role may create others. `TEST_DATABASE=pglite`: as on a machine without any. */
async function findPostgres(say: (line: string) => void): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) {
    say('The order records are tested on PGlite, and on the PostgreSQL of TEST_DATABASE_URL');
  } else if (isPostgresInstalled() && process.env['TEST_DATABASE'] !== 'pglite') {
    globalThis.sharedPostgres = await startPostgres({ fsync: 'off' });
    const { url, version } = globalThis.sharedPostgres;
    process.env['TEST_DATABASE_URL'] = url;
    say(`The order records are tested on PGlite, and on PostgreSQL ${version}`);
  } else {
    if (process.env['CI'] && !process.env['TEST_DATABASE'])
      throw new Error('PostgreSQL must be installed in CI: see .ci/run');
    say(
      "The order records are tested on PGlite alone: TEST_DATABASE says so, or Debian's postgresql is not installed and TEST_DATABASE_URL not set",
    );
  }
}
