import { mkdir, readFile, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { runOnLeash } from '../devstack/leashed-program';
import { projectRoot } from '../devstack/project-root';
import { temporalClient } from '../temporal.config';
import { ask, newDatabaseUrl } from '../test/machinery/postgres';
import { type Contender, type ContenderName, CONTENDERS } from './contenders';
import { type Driven, driven, type LoopResult, type Plan } from './driver/plan';
import { type HistoryFigures, historiesOf } from './histories';
import type { Options } from './options';
import { startStack } from './stack';

/** What a whole bench shares. */
export interface Bench {
  readonly options: Options;
  /** The Temporal CLI's path. */
  readonly cli: string;
  /** Of the PostgreSQL server; each round has a database of its own there. */
  readonly postgres: { readonly url: string; readonly pid: number };
}

export interface Round extends Driven {
  readonly contender: ContenderName;
  /** Of the machine before it began: the mean of one minute. */
  readonly load_average: number;
  /** From the start of paying to the commit of the order record with the outcome, ms, of each loop's pay-ins. */
  readonly recorded_ms: { readonly closed: readonly number[]; readonly open: readonly (readonly number[])[] };
  /** Of the closed loop; absent without Temporal. */
  readonly histories?: HistoryFigures;
}

/** The longest a round's driver may run, ms. */
const LIMIT_MS = 900_000;

/**
 * Runs one contender once, on a Temporal server, a database and a sandbox of its own.
 * @throws Error when a part does not start, or a pay-in does not succeed; the logs stay
 */
export async function runRound(name: ContenderName, { options, cli, postgres }: Bench): Promise<Round> {
  const contender = CONTENDERS[name];
  const folder = join(projectRoot, '.data', 'bench', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [load_average = 0] = loadavg();
  const databaseUrl = await newDatabaseUrl(postgres.url);
  const stack = await startStack(contender, { cli, engine: options.engine, databaseUrl, folder });
  try {
    const measured = await drive(
      {
        temporal_address: stack.temporal_address,
        http: stack.http,
        notifies: contender.notifies,
        pids: { ...stack.pids, ...(stack.http ? { postgres: postgres.pid } : {}) },
        warm_up: options.warm_up,
        payins: options.payins,
        in_flight: options.in_flight,
        arrivals: options.arrivals,
        rates: options.rates,
        result_file: join(folder, 'driven.json'),
      },
      folder,
    );
    const commits = await recordedAt(databaseUrl, contender.programs);
    const since = ({ payins }: LoopResult) =>
      payins.flatMap(({ request_id, paid_at }) => {
        const at = commits.get(request_id);
        return at === undefined ? [] : [at - paid_at];
      });
    const { temporal_address } = stack;
    return {
      contender: name,
      load_average,
      ...measured,
      recorded_ms: { closed: since(measured.closed), open: measured.open.map(since) },
      ...(temporal_address === undefined ? {} : { histories: await readHistories(temporal_address, options.payins) }),
    };
  } finally {
    await stack.stop();
  }
}

/** @throws Error with what the driver said last, when it fails */
async function drive(plan: Plan, folder: string): Promise<Driven> {
  const logFile = join(folder, 'driver.log');
  const program = join(projectRoot, 'dist/bench/driver/main.js');
  const driver = await runOnLeash(process.execPath, [program, JSON.stringify(plan)], { logFile });
  const timer = setTimeout(() => void driver.stop(), LIMIT_MS);
  const code = await driver.exited;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`The driver has failed (exit code ${code}):\n${await readFile(logFile, 'utf8')}`);
  return driven.parse(JSON.parse(await readFile(plan.result_file, 'utf8')));
}

/** Which rows say that a pay-in has succeeded. `xmin` is the transaction that wrote the row. */
const OUTCOMES = {
  ours: `select request_id, xmin from payin_events where kind = 'transition' and data->>'to' = 'SUCCEED'`,
  others: `select request_id, xmin from bench_payins where status = 'SUCCEED'`,
} as const;

/** When the outcome of each pay-in was committed to its order record, epoch ms. */
async function recordedAt(databaseUrl: string, programs: Contender['programs']): Promise<Map<string, number>> {
  if (programs === 'floor') return new Map();
  const at = `extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000`;
  const rows = await ask(
    databaseUrl,
    `select request_id, ${at} as at from (${OUTCOMES[programs === 'ours' ? 'ours' : 'others']}) as outcomes`,
  );
  return new Map(rows.map((row) => [String(row['request_id']), Number(row['at'])]));
}

async function readHistories(temporal_address: string, payins: number): Promise<HistoryFigures> {
  const client = temporalClient({ namespace: 'default', connectionOptions: { address: temporal_address } });
  try {
    return await historiesOf(client, 'closed', payins);
  } finally {
    await client.connection.close();
  }
}
