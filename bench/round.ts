import { loadavg } from 'node:os';
import { join } from 'node:path';
import { temporalClient } from '../temporal.config';
import { ask } from '../test/machinery/postgres';
import { type Contender, type ContenderName, CONTENDERS } from './contenders';
import { type Driven, driven, type LoopResult, type Plan } from './driver/plan';
import type { Bench } from './ground';
import { type HistoryFigures, historiesOf } from './histories';
import type { Options } from './options';
import { runDriver } from './run-driver';
import { startStack } from './stack';

export interface Round extends Driven {
  readonly contender: ContenderName;
  /** Of the machine before it began: the mean of one minute. */
  readonly load_average: number;
  /** From the start of paying to the commit of the order record with the outcome, ms, of each loop's pay-ins. */
  readonly recorded_ms: { readonly closed: readonly number[]; readonly open: readonly (readonly number[])[] };
  /** Of the closed loop; absent without Temporal. */
  readonly histories?: HistoryFigures;
}

/**
 * Runs one contender once, on a Temporal server, a database and a sandbox of its own.
 * @throws Error when a part does not start, or a pay-in does not succeed; the logs stay
 */
export async function runRound(name: ContenderName, options: Options, bench: Bench): Promise<Round> {
  const contender = CONTENDERS[name];
  const ground = await bench.newGround(name, options);
  const { databaseUrl, folder } = ground;
  const [load_average = 0] = loadavg();
  const stack = await startStack(contender, ground);
  try {
    const { temporal_address, http } = stack;
    const plan: Plan = {
      temporal_address,
      http,
      notifies: contender.notifies,
      pids: { ...stack.pids(), ...(http ? { postgres: [bench.postgres.pid] } : {}) },
      warm_up: options.warm_up,
      payins: options.payins,
      in_flight: options.in_flight,
      arrivals: options.arrivals,
      rates: options.rates,
      result_file: join(folder, 'driven.json'),
    };
    const measured = await runDriver('driver/main.js', plan, driven, folder);
    const commits = await recordedAt(databaseUrl, contender.programs);
    const since = ({ payins }: LoopResult) =>
      payins.flatMap(({ request_id, paid_at }) => {
        const at = commits.get(request_id);
        return at === undefined ? [] : [at - paid_at];
      });
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
