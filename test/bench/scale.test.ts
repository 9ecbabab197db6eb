import { readCost } from '../../bench/scale/figures';
import { ASSUMED, need } from '../../bench/scale/need';
import { DEFAULT_POLL_SCHEDULE, pollTimes } from '../../payin/poll-schedule';

const COST = {
  worker_cpu_ms: 30,
  api_cpu_ms: 6,
  temporal_cpu_ms: 30,
  postgres_cpu_ms: 3,
  workflow_tasks: 3,
  activity_tasks: 1,
  actions: 6,
  history_kib: 8,
  waiting_mib: 0.5,
  replay_cpu_ms: 20,
};

it('multiplies what a pay-in costs by the rate, with its polls', () => {
  const needed = need(COST);
  expect(needed.waiting).toBeCloseTo(516_000);
  expect(needed.polls_per_s).toBeCloseTo(3_400);
  expect(needed.lesspay_calls_per_s).toBeCloseTo(5_400);
  expect(needed.api_cores).toBeCloseTo(10);
  // 30 ms for three tasks, so 10 ms for each of the 3.4 polls.
  expect(needed.worker_cores).toBeCloseTo(64 / 0.6);
  expect(needed.worker_gib).toBeCloseTo(516_000 / 2_048);
  expect(needed.actions_per_s).toBeCloseTo(12_800);
  expect(needed.actions_dollars_a_payin).toBeCloseTo(0.00032);
  expect(Math.log2(needed.shards) % 1).toBe(0);
});

it('assumes as many polls as the schedule makes', () => {
  const times = [...pollTimes(DEFAULT_POLL_SCHEDULE, { ordered_at: 0, expires_at: 1_800_000 })];
  const until = (seconds: number) => times.filter((at) => at <= seconds * 1_000).length;
  expect(until(ASSUMED.paid_after_s)).toBe(ASSUMED.polls_paid);
  expect(until(ASSUMED.unpaid_after_s)).toBe(ASSUMED.polls_unpaid);
});

const MEDIANS = Object.fromEntries(
  [
    ...['worker', 'api', 'temporal', 'postgres'].map((part) => `CPU ms a pay-in, ${part}`),
    ...['workflow tasks', 'activity tasks', 'billable actions', 'history KiB'].map((name) => `${name} a pay-in`),
  ].map((row) => [row, { ours: [2] }]),
);
const GROWTH = {
  levels: [100, 300, 500].map((waiting, index) => ({ waiting, memory: { worker: 200 + Math.min(index, 1) * 100 } })),
  replay: { cached: { worker_cpu_ms: 3 }, evicted: { worker_cpu_ms: 25 } },
};

it('reads what was measured, a waiting pay-in below the bound of the cache', () => {
  expect(readCost({ medians: MEDIANS }, GROWTH)).toMatchObject({
    worker_cpu_ms: 2,
    actions: 2,
    waiting_mib: 0.5,
    replay_cpu_ms: 22,
  });
});

it('names the figure that the bench has not measured', () => {
  expect(() => readCost({ medians: {} }, GROWTH)).toThrow('no "CPU ms a pay-in, worker" of the contender ours');
});
