import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE, temporalClient } from '../../temporal.config';
import { CONTENDERS } from '../contenders';
import { closedLoop, now } from '../driver/loops';
import { openShop, type Shop } from '../driver/shop';
import { cpuTimes, residentMemory } from '../driver/usage';
import { workflowId } from '../duties/payin';
import { openBench } from '../ground';
import { saveResult } from '../save-result';
import { type Stack, startStack } from '../stack';
import { TASK_QUEUE as TEXTBOOK_TASK_QUEUE } from '../textbook/messages';
import { type Options, readOptions } from './options';
import { pollDelays } from './poll-delays';
import { type CrewFigures, growthTables, type Level, type ReplayFigures } from './report';
import { workersPoll } from './workers-poll';

/** `npm run bench:growth`: what pay-ins cost while they wait for the payer (docs/bench.md, "Growth"). */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const bench = await openBench();
  try {
    const ground = await bench.newGround('growth', { engine: options.engine, workers: 1 });
    const stack = await startStack(CONTENDERS[options.programs], ground);
    const client = temporalClient({
      namespace: 'default',
      connectionOptions: { address: stack.temporal_address ?? '' },
    });
    try {
      const result = await measureGrowth(options, stack, client);
      console.log(`\n${growthTables(result)}\n`);
      await saveResult(options.out, { options, ...result });
    } finally {
      await client.connection.close();
      await stack.stop();
    }
  } finally {
    await bench.close();
  }
}

/** The textbook's orders have 30 minutes; the product's get 14 days, so that none ends while others are created. */
const LIFETIME = { ours: { expires_in: 1_209_600 }, textbook: {} };

const TASK_QUEUES = { ours: TASK_QUEUE, textbook: TEXTBOOK_TASK_QUEUE };

async function measureGrowth(options: Options, stack: Stack, client: Client) {
  const shop = openShop(stack.http, client, LIFETIME[options.programs]);
  const request_ids: string[] = [];
  const fillTo = async (count: number) => {
    const more = Array.from(
      { length: count - request_ids.length },
      (_none, index) => `waits-${request_ids.length + index + 1}`,
    );
    request_ids.push(...more);
    await closedLoop(more, options.in_flight, (request_id) => shop.start(request_id));
  };

  const restartWorkers = async (count: number) => {
    await stack.restartWorkers(count);
    await workersPoll(client, TASK_QUEUES[options.programs], stack.pids().worker ?? []);
  };

  // All code has run once before the first measurement.
  await closedLoop(idsOf('warm', 20), options.in_flight, (request_id) => live(shop, request_id));
  const crews: CrewFigures[] = [];
  for (const workers of options.workers) {
    await restartWorkers(workers);
    crews.push(await measureCrew(options, stack, shop, workers));
    console.log(`${workers} workers: measured`);
  }
  await restartWorkers(1);
  await fillTo(options.samples);
  const replay = await measureReplay(stack, client, request_ids, () => restartWorkers(1));
  console.log('replay: measured');
  const levels: Level[] = [];
  for (const waiting of options.waiting) {
    await fillTo(Math.max(waiting, request_ids.length));
    levels.push(await measureLevel(options, stack, client, shop, request_ids));
    const [level] = levels.slice(-1);
    console.log(`${level?.waiting} waiting: ${level?.memory['worker']?.toFixed(0)} MiB of the worker`);
  }
  return { crews, replay, levels };
}

const idsOf = (loop: string, count: number): string[] =>
  Array.from({ length: count }, (_none, index) => `${loop}-${index + 1}`);

async function live(shop: Shop, request_id: string): Promise<void> {
  await shop.start(request_id);
  await Promise.all([shop.pay(request_id), shop.outcome(request_id)]);
}

/** A closed loop with so many worker processes. */
async function measureCrew(options: Options, stack: Stack, shop: Shop, workers: number): Promise<CrewFigures> {
  await closedLoop(idsOf(`warm-${workers}`, 20 * workers), options.in_flight, (request_id) => live(shop, request_id));
  const before = cpuOf(stack);
  const began = now();
  const payins = options.samples * 2;
  await closedLoop(idsOf(`crew-${workers}`, payins), options.in_flight, (request_id) => live(shop, request_id));
  const seconds = (now() - began) / 1_000;
  const worker_cpu_ms = ((cpuOf(stack)['worker'] ?? 0) - (before['worker'] ?? 0)) / payins;
  return { workers, payins_per_s: payins / seconds, worker_cpu_ms };
}

/** Queries pay-ins that the worker has in memory, and the same ones when it has just started. */
async function measureReplay(
  stack: Stack,
  client: Client,
  request_ids: readonly string[],
  forget: () => Promise<void>,
): Promise<ReplayFigures> {
  const query = async () => {
    const before = cpuOf(stack);
    const ms: number[] = [];
    for (const request_id of request_ids) {
      const asked_at = now();
      await client.workflow.getHandle(workflowId(request_id)).query('__temporal_workflow_metadata');
      ms.push(now() - asked_at);
    }
    return { ms, worker_cpu_ms: ((cpuOf(stack)['worker'] ?? 0) - (before['worker'] ?? 0)) / request_ids.length };
  };
  await query();
  const cached = await query();
  await forget();
  // The first replay of a process also compiles the code.
  await client.workflow.getHandle(workflowId('warm-1')).query('__temporal_workflow_metadata');
  return { cached, evicted: await query() };
}

/** So many pay-ins wait. */
async function measureLevel(
  { samples, window_s }: Options,
  stack: Stack,
  client: Client,
  shop: Shop,
  request_ids: string[],
): Promise<Level> {
  const before = cpuOf(stack);
  const began = now();
  await sleep(window_s * 1_000);
  const after = cpuOf(stack);
  const cpu_ms_per_s = Object.fromEntries(
    Object.entries(after).map(([part, ms]) => [part, (ms - (before[part] ?? 0)) / ((now() - began) / 1_000)]),
  );
  const memory = memoryOf(stack);
  const every = Math.ceil(request_ids.length / samples);
  const poll_delays_ms: number[] = [];
  for (const request_id of request_ids.filter((_id, index) => index % every === 0)) {
    const { events } = await client.workflow.getHandle(workflowId(request_id)).fetchHistory();
    poll_delays_ms.push(...pollDelays(events ?? [], began));
  }
  const lone_ms: number[] = [];
  const waiting = request_ids.length;
  for (const request_id of idsOf(`lone-${waiting}`, Math.min(samples, 20))) {
    const posted_at = now();
    await shop.start(request_id);
    lone_ms.push(now() - posted_at);
    request_ids.push(request_id);
    await sleep(200);
  }
  return { waiting, memory, cpu_ms_per_s, poll_delays_ms, lone_ms };
}

/** CPU time so far of each part, ms. */
function cpuOf(stack: Stack): Record<string, number> {
  const parts = Object.entries(stack.pids());
  const times = cpuTimes(parts.map(([, pids]) => pids));
  return Object.fromEntries(parts.map(([part], index) => [part, times[index] ?? 0]));
}

/** What each part holds now, MiB. */
const memoryOf = (stack: Stack): Record<string, number> =>
  Object.fromEntries(Object.entries(stack.pids()).map(([part, pids]) => [part, residentMemory(pids)]));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
