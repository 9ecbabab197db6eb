import type { ContenderName } from '../../bench/contenders';
import { latencyPlot } from '../../bench/latency-plot';
import { shortTable, summary, tables } from '../../bench/report';
import type { Round } from '../../bench/round';

const payin = (started_ms: number) => ({ request_id: 'p', started_ms, paid_at: 0, outcome_ms: 1, notified_ms: 2 });

const round = (contender: ContenderName, cpu: number, posts: readonly number[]): Round => ({
  contender,
  load_average: 0,
  closed: { seconds: 2, cpu_ms: { api: cpu }, others: 0, repeated: 0, payins: [payin(5), payin(5)] },
  open: posts.map((ms, index) => ({
    rate: 2 ** index,
    seconds: 1,
    cpu_ms: {},
    others: 0,
    repeated: 0,
    payins: [payin(ms)],
  })),
  peak_mib: { api: 90 },
  recorded_ms: { closed: [1], open: posts.map(() => [1]) },
});

const ROUNDS = [
  round('ours', 10, [3, 4]),
  round('ours', 30, [5, 8]),
  round('ours', 20, [4, 6]),
  round('polling', 80, [8, 8]),
];

it('takes the median over the rounds of a contender, and divides it by that of another', () => {
  const { medians, ratios } = summary(ROUNDS);
  expect(medians['CPU ms a pay-in, all']).toEqual({ ours: [10], polling: [40] });
  expect(ratios['CPU ms a pay-in, all']).toEqual({ 'ours/polling': 0.25 });
  expect(medians['open loop at 2/s, ms, POST -> 201']).toEqual({ ours: [6, 6, 6], polling: [8, 8, 8] });
});

it('prints both as Markdown, without the rows that no contender has', () => {
  const text = tables(ROUNDS, summary(ROUNDS));
  expect(text).toMatch(/^\| medians; latencies: p50\/p95\/p99 +\| +ours \| +polling \|\n\| -+ \| -+: \| -+: \|\n/);
  expect(text).toMatch(/\| CPU ms a pay-in, all +\| +10\.0 \| +40\.0 \|/);
  expect(text).toMatch(/\| CPU ms a pay-in, all +\| +0\.25 \|/);
  expect(text).not.toContain('events a pay-in');
});

it('shows a line for each contender to the reader of the README', () => {
  expect(shortTable(ROUNDS, summary(ROUNDS))).toMatch(/\n\| `ours` +\| +1\.0 \| +10 \| +4 \| +1 \| +2 \|\n/);
});

it('plots the latency of each contender at each rate', () => {
  const svg = latencyPlot(summary(ROUNDS), [2, 1]);
  expect(svg).toContain('>ours</text>');
  expect(svg).toContain('>polling</text>');
  expect(svg).not.toMatch(/NaN|Infinity/);
});
