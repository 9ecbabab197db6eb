import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevServer, startDevServer } from '../../devstack/dev-server';
import { cacheDir } from '../../devstack/project-root';
import { findTemporalCli, findTestServer } from '../../devstack/temporal-programs';
import { WORKFLOWS_PATH } from '../../worker/bundle-path';
import { bundleWorkflows } from '../../worker/bundle-workflows';
import { LONG_HISTORY, SIGNALS_A_RUN } from './size';
import { isPostgresInstalled, type PostgresServer, startPostgres } from './postgres';

const DYNAMIC_CONFIG = [
  // Half a minute later is the default: a test that deletes a run, as the end of its retention would, need not wait.
  'history.transferProcessorEnsureCloseBeforeDelete=false',
  'history.visibilityProcessorEnsureCloseBeforeDelete=false',
  // Runs can be paused; by default, only activities can.
  'frontend.WorkflowPauseEnabled=true',
  // A task that fails is tried again after ten minutes at most by default, and told of after five failures.
  'history.workflowTaskRetryMaxInterval="1s"',
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2',
  `limit.historyCount.suggestContinueAsNew=${LONG_HISTORY}`,
  `history.maximumSignalsPerExecution=${SIGNALS_A_RUN}`,
].flatMap((setting) => ['--dynamic-config-value', setting]);

declare global {
  /** What the teardown stops: jest loads it apart, and the global object is what both see. */
  var sharedDevServer: DevServer | undefined;
  var sharedPostgres: PostgresServer | undefined;
}

/**
 * Once, before all test files: one dev server for all of them, in memory, one bundle of the workflows, and one
 * PostgreSQL, in which each makes databases of its own.
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
    startDevServer({ cli, port: 0, logFile, extraArgs: DYNAMIC_CONFIG }),
    buildBundle(),
    findPostgres(say),
  ]);
  globalThis.sharedDevServer = server;
  process.env['TEST_TEMPORAL_ADDRESS'] = server.address;
  process.env['TEST_TEMPORAL_CLI'] = cli;
  process.env['TEST_TEMPORAL_TEST_SERVER'] = testServer;
  process.env['TEST_WORKFLOW_BUNDLE'] = bundle;
  process.env['TEST_REPLAYED'] = await mkdtemp(join(tmpdir(), 'replayed-'));
  say(`The tests run on a Temporal dev server at ${server.address} (${cli})`);
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
