import { z } from 'zod';
import type { Cost } from './need';

/** What is read of the JSON files of `npm run bench` and `npm run bench:growth`. */

const medians = z.object({ ours: z.array(z.number().nullable()).optional() });
const bench = z.object({ medians: z.record(z.string(), medians) });

const queries = z.object({ worker_cpu_ms: z.number() });
const growth = z.object({
  levels: z.array(z.object({ waiting: z.number(), memory: z.object({ worker: z.number() }) })).min(2),
  replay: z.object({ cached: queries, evicted: queries }),
});

/** @throws Error when a file lacks a figure of the product */
export function readCost(benchFile: unknown, growthFile: unknown): Cost {
  const { medians } = bench.parse(benchFile);
  const { levels, replay } = growth.parse(growthFile);
  const of = (row: string): number => {
    const [value] = medians[row]?.ours ?? [];
    if (typeof value === 'number') return value;
    throw new Error(`The bench's file has no "${row}" of the contender ours.`);
  };
  return {
    worker_cpu_ms: of('CPU ms a pay-in, worker'),
    api_cpu_ms: of('CPU ms a pay-in, api'),
    temporal_cpu_ms: of('CPU ms a pay-in, temporal'),
    postgres_cpu_ms: of('CPU ms a pay-in, postgres'),
    workflow_tasks: of('workflow tasks a pay-in'),
    activity_tasks: of('activity tasks a pay-in'),
    actions: of('billable actions a pay-in'),
    history_kib: of('history KiB a pay-in'),
    waiting_mib: waitingMib(levels),
    replay_cpu_ms: replay.evicted.worker_cpu_ms - replay.cached.worker_cpu_ms,
  };
}

/** The most that a pay-in more has cost between two levels: above the bound of the worker's cache it costs nothing. */
function waitingMib(levels: z.output<typeof growth>['levels']): number {
  const slopes = levels.slice(1).map(({ waiting, memory }, index) => {
    const before = levels[index];
    return before ? (memory.worker - before.memory.worker) / (waiting - before.waiting) : 0;
  });
  return Math.max(...slopes);
}
