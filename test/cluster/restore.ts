import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ordersAt, tell } from '../crash/merchant';
import { eachOf } from '../machinery/each-of';
import { ask, postgresProgram } from '../machinery/postgres';
import { Cluster, RECORDS_DATABASE } from './cluster';
import { allIsRight } from './kill';
import { PARTS } from './parts';
import { type Line, type Scenario, type ScenarioOptions, seconds } from './scenario';
import { AT_ONCE, type PayinStory, Traffic } from './traffic';

/** The databases are lost, and restored from a backup that lacks the last minute: it stands for the hour of a site. */

const TEMPORAL = ['temporal', 'temporal_visibility'] as const;

interface Case {
  readonly name: string;
  readonly lost: readonly string[];
}

const CASES: readonly Case[] = [
  { name: "Temporal's and the records' databases", lost: [...TEMPORAL, RECORDS_DATABASE] },
  { name: "Temporal's databases alone", lost: TEMPORAL },
  { name: "the records' database alone", lost: [RECORDS_DATABASE] },
];

const BEFORE_MS = 15_000;
const LOST_MS = 30_000;
/** Of three payers, one pays at once, one a while later, one after the restore. */
const THINKS_MS = [500, 12_000, undefined] as const;

/** Our programs and Temporal's; PostgreSQL stays, and so does Lesspay. */
const OURS = PARTS.filter((part) => part !== 'postgres' && part !== 'sandbox');

export const restore: Scenario = async (options) => {
  const lines: Line[] = [];
  for (const one of CASES.filter(({ name }) => name.includes(options.only ?? ''))) {
    const cluster = await Cluster.start(options);
    try {
      const line = await runCase(cluster, one, options);
      options.log(`${line.name}: ${line.problems.length === 0 ? 'ok' : 'BROKEN'} ${JSON.stringify(line.figures)}`);
      lines.push(line);
    } finally {
      await cluster.stop();
    }
  }
  return lines;
};

async function runCase(cluster: Cluster, { name, lost }: Case, { rate, log, folder }: ScenarioOptions): Promise<Line> {
  const traffic = new Traffic(cluster, { rate, prefix: 'restore', thinks: (index) => THINKS_MS[index % 3] });
  await sleep(BEFORE_MS);
  const saved_at = Date.now();
  log('backup');
  for (const database of lost) await dump(cluster, database, folder);
  const saved = traffic.soFar().length;
  await sleep(LOST_MS);
  // Events that the merchant is told of, and that the backup lacks.
  const declined = traffic
    .soFar()
    .slice(0, saved)
    .filter(({ paid_at, answered }) => !paid_at && answered?.pay_order_id);
  await eachOf(declined, AT_ONCE, (story) => decline(cluster, story));
  await sleep(3_000);
  const lost_at = Date.now();
  log(`lost: ${seconds(lost_at - saved_at)} s since the backup`);
  for (const part of OURS) await cluster.kill(part);
  for (const database of lost) await putBack(cluster, database, folder);
  for (const part of OURS) await cluster.startAgain(part);
  log('restored');
  await sleep(5_000);
  const stories = await traffic.stop();
  const findings = await reconcile(cluster, saved_at);
  const adopted = await adoptOurs(cluster);
  await traffic.payRest();
  // The caller was never told of an order, and Lesspay has none: the order record alone knows that it was about to be made.
  // Such a pay-in is looked up until its lifetime ends, and never made twice.
  const ordered = new Set((await ordersAt(cluster.sandboxUrl)).map(({ request_id }) => request_id));
  const inDoubt = stories.filter(({ request_id, answered }) => !answered && !ordered.has(request_id));
  const { problems } = await allIsRight(
    cluster,
    stories.filter((story) => !inDoubt.includes(story)),
  );
  const isExpected = (problem: string) => EXPECTED.some((end) => problem.endsWith(end));
  return {
    name,
    figures: {
      'pay-ins': stories.length,
      'started after the backup': stories.filter(({ posted_at }) => posted_at > saved_at && posted_at < lost_at).length,
      'lost, s': seconds(lost_at - saved_at),
      'found by reconciliation': findings,
      'adopted by a person': adopted,
      'order never made': inDoubt.length,
    },
    problems: [
      ...problems.filter((problem) => !isExpected(problem)),
      ...(inDoubt.length > rate ? [`${inDoubt.length} orders were never made: more than of one second`] : []),
    ],
  };
}

/**
 * A person has dealt with the alert. A caller whose POST was under way has repeated it, and Lesspay has its order already.
 * The run had ended between the backup of Temporal and that of the records.
 */
const EXPECTED = [
  ': alerts: unknown_order',
  ': alerts: request_id_taken',
  ': its POST was answered 409 request_id_taken',
  ': its run is NOT STARTED',
] as const;

const fileOf = (folder: string, database: string): string => join(folder, `${database}.dump`);

async function dump(cluster: Cluster, database: string, folder: string): Promise<void> {
  await run('pg_dump', '--format=custom', `--file=${fileOf(folder, database)}`, cluster.databaseOf(database));
}

async function putBack(cluster: Cluster, database: string, folder: string): Promise<void> {
  await ask(cluster.postgres.url, `drop database ${database} with (force)`);
  await ask(cluster.postgres.url, `create database ${database}`);
  await run('pg_restore', `--dbname=${cluster.databaseOf(database)}`, fileOf(folder, database));
}

async function run(program: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(postgresProgram(program), args, { timeout: 120_000, maxBuffer: 64_000_000 });
}

const decline = ({ sandboxUrl }: Cluster, { request_id }: PayinStory) =>
  tell(sandboxUrl, `orders/${request_id}/payment-declined`, { code: '40001' });

/** Of the lost time, as docs/operations.md says. @returns how many differences it found */
async function reconcile(cluster: Cluster, since: number): Promise<number> {
  const from = new Date(since - 60_000).toISOString();
  const words = await cluster.command('reconcile', '--from', from);
  cluster.options.log(words.trim().split('\n').slice(-4).join('\n'));
  return words.split('\n').filter((line) => line.includes('restore-')).length;
}

/** Every order here is ours: a person says so of those that nobody knew. @returns how many */
async function adoptOurs(cluster: Cluster): Promise<number> {
  // Visibility is a moment late.
  await sleep(3_000);
  let count = 0;
  for (const alert of ['unknown_order', 'request_id_taken']) {
    const { count: open } = await cluster.client.workflow.count(`CloseTime IS NULL AND PayinAlerts = '${alert}'`);
    count += open;
    if (open > 0)
      await cluster.command(
        'payin',
        'adopt',
        '--alert',
        alert,
        '--who',
        'mia',
        '--why',
        'restored from the backup',
        '--yes',
      );
  }
  return count;
}
