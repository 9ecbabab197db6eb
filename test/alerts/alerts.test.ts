import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { noopMetricMeter, type MetricMeter } from '@temporalio/common';
import { createMetrics as metricsOfApi } from '../../api/http/metrics';
import { createMetrics } from '../../worker/metrics/metrics';
import { headingsOf } from '../docs/references';
import { alertNames, dashboardExpressions, RULE_TESTS, RULES, runbooks, testNames } from './ops-files';
import { inSeconds, PROMTOOL, withPromtool } from './prometheus';

/** The rules and the dashboard of `ops/`. Without promtool (Debian's package `prometheus`) the first test is skipped. */

withPromtool('Prometheus takes the rules, and each alert fires and is silent as it should', () => {
  const promtool = (...args: string[]) => execFileSync(PROMTOOL, args, { encoding: 'utf8' });
  expect(promtool('check', 'rules', RULES)).toContain(`SUCCESS: ${alertNames().length} rules found`);
  expect(promtool('test', 'rules', RULE_TESTS)).toContain('SUCCESS');
});

it('each alert has a bad and a good situation in its test', () => {
  expect(testNames().sort()).toEqual(
    alertNames()
      .flatMap((name) => [`${name} fires`, `${name} is silent`])
      .sort(),
  );
});

it('each alert names a heading of docs/operations.md', () => {
  const anchors = headingsOf(readFileSync('docs/operations.md', 'utf8')).map(anchorOf);
  expect(runbooks()).toHaveLength(alertNames().length);
  for (const runbook of runbooks()) {
    const [page, anchor] = runbook.split('#');
    expect({ page, known: anchors.includes(anchor ?? '') || anchor }).toEqual({
      page: 'docs/operations.md',
      known: true,
    });
  }
});

it('docs/alerts.md has a result for each alert', () => {
  const page = readFileSync('docs/alerts.md', 'utf8');
  expect([...page.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name).sort()).toEqual(alertNames().sort());
});

it('rules and dashboard ask only for metrics that exist', () => {
  const known = [
    ...ownNames(),
    ...metricsOfApi()
      .registry.getMetricsAsArray()
      .map(({ name }) => name),
    'up',
  ];
  const asked = `${readFileSync(RULES, 'utf8').replace(/summary:.*|runbook:.*|#.*/g, '')} ${dashboardExpressions().join(' ')}`;
  const names =
    asked.match(/\b(?:payins?|lesspay|notifications?|runs|reconciliations?|sample|worker|http)_[a-z_]+/g) ?? [];
  const unknown = names.filter(
    (name) =>
      !known.includes(name.replace(/_(?:bucket|count|sum)$/, '')) && !['worker_type', 'workflow_type'].includes(name),
  );
  expect(names.length).toBeGreaterThan(40);
  expect(unknown).toEqual([]);
});

it('in seconds, a rule is the same in another time', () => {
  expect(inSeconds('increase(a[1h]) > 10 and rate(b[5m]) > 45 * 60\n for: 2m')).toBe(
    'increase(a[60s]) > 10 and rate(b[5s]) > 45 * 1\n for: 2s',
  );
});

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function ownNames(): string[] {
  const names: string[] = [];
  const named =
    <Args extends [name: string, ...unknown[]], Made>(suffix: string, make: (...args: Args) => Made) =>
    (...args: Args): Made => {
      names.push(`${args[0]}${suffix}`);
      return make(...args);
    };
  const meter: MetricMeter = {
    withTags: () => meter,
    createCounter: named('_total', (...args: Parameters<MetricMeter['createCounter']>) =>
      noopMetricMeter.createCounter(...args),
    ),
    createHistogram: named('_seconds', (...args: Parameters<MetricMeter['createHistogram']>) =>
      noopMetricMeter.createHistogram(...args),
    ),
    createGauge: named('', (...args: Parameters<MetricMeter['createGauge']>) => noopMetricMeter.createGauge(...args)),
  };
  createMetrics(meter, []);
  return names;
}
