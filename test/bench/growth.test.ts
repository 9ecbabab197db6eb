import { growthTables, type Level } from '../../bench/growth/report';

const level = (waiting: number, worker: number): Level => ({
  waiting,
  memory: { worker, temporal: 200 },
  cpu_ms_per_s: { worker: 30, temporal: 20 },
  poll_delays_ms: [10, 20],
  lone_ms: [80],
});

it('divides what is held more than at the first level by the pay-ins more', () => {
  const queries = { ms: [10], worker_cpu_ms: 3 };
  const text = growthTables({
    levels: [level(100, 200), level(500, 400)],
    replay: { cached: queries, evicted: { ms: [40], worker_cpu_ms: 25 } },
    crews: [{ workers: 2, payins_per_s: 20, worker_cpu_ms: 30 }],
  });
  expect(text).toMatch(/\| \.\.\. for each pay-in more +\| +- \| +0\.50 \|/);
  expect(text).toMatch(/\| delay of a poll, ms, p50\/p95\/p99 +\| +10\/20\/20 \| +10\/20\/20 \|/);
  expect(text).toMatch(/\| worker, CPU ms +\| +3\.0 \| +25\.0 \|/);
  expect(text).toMatch(/\| pay-ins\/s +\| +20\.0 \|/);
});
