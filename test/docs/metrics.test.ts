import { readFileSync } from 'node:fs';
import { noopMetricMeter, type MetricMeter } from '@temporalio/common';
import { createMetrics } from '../../worker/metrics/metrics';

const page = readFileSync('docs/metrics.md', 'utf8');

it('docs/metrics.md tells of every metric of a worker, and of no other', () => {
  const names: string[] = [];
  const meter: MetricMeter = {
    withTags: () => meter,
    createCounter(...args) {
      names.push(`${args[0]}_total`);
      return noopMetricMeter.createCounter(...args);
    },
    createHistogram(...args) {
      names.push(`${args[0]}_seconds`);
      return noopMetricMeter.createHistogram(...args);
    },
    createGauge(...args) {
      names.push(args[0]);
      return noopMetricMeter.createGauge(...args);
    },
  };
  createMetrics(meter, []);
  const told = [...page.matchAll(/^\| `([a-z_]+)[`{]/gm)].map(([, name = '']) => name);
  expect(told.sort()).toEqual(names.sort());
});
