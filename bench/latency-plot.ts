import { type Latency, openTitle } from './figures';
import { type Line, plot } from './plot';
import type { Summary } from './report';

const SHOWN: readonly Latency[] = ['POST -> 201', 'pay -> notification'];

/** Latency against rate of every contender, as SVG: p50 whole, p95 dashed. */
export function latencyPlot({ medians }: Summary, rates: readonly number[]): string {
  const panels = SHOWN.map((latency) => {
    const rows = rates
      .toSorted((a, b) => a - b)
      .map((rate) => ({ rate, row: medians[openTitle(rate, latency)] ?? {} }));
    const names = [...new Set(rows.flatMap(({ row }) => Object.keys(row)))];
    const lines = names.map((name): Line => ({
      name,
      points: rows.flatMap(({ rate, row }) => pointOf(rate, row, name)),
    }));
    return { title: latency, lines: lines.filter(({ points }) => points.length > 0) };
  });
  return plot(panels, { x: 'pay-ins a second', y: 'ms, p50 and p95' });
}

function pointOf(rate: number, row: NonNullable<Summary['medians'][string]>, name: string): Line['points'] {
  const [, values = []] = Object.entries(row).find(([contender]) => contender === name) ?? [];
  const [middle, high] = values;
  return middle === undefined || high === undefined ? [] : [{ x: rate, middle, high }];
}
