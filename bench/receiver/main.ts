import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SANDBOX } from '../../settings';
import { ownPort } from '../../test/machinery/own-ports';
import { whole } from '../arguments';
import { CONTENDERS } from '../contenders';
import { closedLoop } from '../driver/loops';
import { openShop } from '../driver/shop';
import { cpuTimes } from '../driver/usage';
import { type Ground, openBench } from '../ground';
import { runDriver } from '../run-driver';
import { answers, type Stack, startStack } from '../stack';
import { saveResult } from '../save-result';
import { type Flood, flooded } from './flood-plan';
import { probeHealth } from './health';
import { type Measured, type Target, receiverTables } from './report';
import { KINDS } from './webhooks';

/** `npm run bench:receiver`: what webhooks cost, forged ones above all (docs/bench.md, "Webhooks"). */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      webhooks: { type: 'string', default: '4000' },
      'in-flight': { type: 'string', default: '32' },
      payins: { type: 'string', default: '100' },
      out: { type: 'string' },
    },
  });
  const options = {
    rounds: whole('rounds', values.rounds, 1, 50),
    /** Of each kind; of the big ones a quarter. */
    webhooks: whole('webhooks', values.webhooks, 4, 20_000),
    in_flight: whole('in-flight', values['in-flight'], 1, 256),
    payins: whole('payins', values.payins, 1, 1_000),
  };
  const bench = await openBench();
  const measured: Measured[] = [];
  try {
    for (let number = 1; number <= options.rounds; number += 1)
      for (const programs of number % 2 === 1 ? (['ours', 'textbook'] as const) : (['textbook', 'ours'] as const)) {
        measured.push(
          ...(await measureRound(
            programs,
            await bench.newGround('receiver', { engine: 'memory', workers: 1 }),
            options,
          )),
        );
        console.log(`round ${number} of ${options.rounds}, ${programs}`);
      }
  } finally {
    await bench.close();
  }
  console.log(`\n${receiverTables(measured)}\n`);
  await saveResult(values.out, { options, measured });
}

interface FloodOptions {
  readonly webhooks: number;
  readonly in_flight: number;
  readonly payins: number;
}

async function measureRound(programs: 'ours' | 'textbook', ground: Ground, options: FloodOptions): Promise<Measured[]> {
  const stack = await startStack(CONTENDERS[programs], ground);
  try {
    const { http } = stack;
    if (!http) throw new Error(`${programs} has no API.`);
    const request_ids = Array.from({ length: options.payins }, (_none, index) => `flooded-${index + 1}`);
    const shop = openShop(http, undefined);
    await closedLoop(request_ids, 8, (request_id) => shop.start(request_id));
    // What the webhooks cause in the workflows is not measured.
    await stack.restartWorkers(0);
    const [apiPid = 0] = stack.pids().api ?? [];
    const api = {
      target: (programs === 'ours' ? 'ours, API' : 'textbook') satisfies Target as Target,
      url: http.api_url,
      pid: apiPid,
    };
    const measured: Measured[] = [];
    for (const { target, url, pid } of programs === 'ours' ? [await startReceiver(stack, ground), api] : [api])
      for (const kind of KINDS) {
        const webhooks = kind === 'forged, 54 KiB' ? Math.ceil(options.webhooks / 4) : options.webhooks;
        const plan: Flood = {
          url: `${url}/webhooks/lesspay`,
          kind,
          webhooks,
          in_flight: options.in_flight,
          request_ids,
          secret: SANDBOX.appSecret,
          result_file: join(ground.folder, 'flooded.json'),
        };
        await measureFlood({ ...plan, webhooks: Math.ceil(webhooks / 10) }, pid, ground.folder);
        measured.push({ target, kind, webhooks, ...(await measureFlood(plan, pid, ground.folder)) });
      }
    return measured;
  } finally {
    await stack.stop();
  }
}

async function startReceiver(stack: Stack, { folder }: Ground) {
  const port = await ownPort();
  const url = `http://127.0.0.1:${port}`;
  const program = await stack.run('api', 'dist/api/receiver/main.js', { RECEIVER_PORT: String(port) });
  await answers(`${url}/healthz`, program, join(folder, 'api.log'));
  return { target: 'ours, receiver' as const, url, pid: program.pid };
}

async function measureFlood(plan: Flood, pid: number, folder: string) {
  const [cpuBefore = 0] = cpuTimes([[pid]]);
  const running = runDriver('receiver/flood.js', plan, flooded, folder);
  const [{ seconds }, health_ms] = await Promise.all([
    running,
    probeHealth(new URL('/healthz', plan.url).href, running),
  ]);
  const [cpuAfter = 0] = cpuTimes([[pid]]);
  return { seconds, cpu_ms: cpuAfter - cpuBefore, health_ms };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
