import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What `ops/` holds. */

const read = (path: string) => readFileSync(path, 'utf8');

export const RULES = 'ops/prometheus/alerts.yaml';
export const RULE_TESTS = 'ops/prometheus/alerts.test.yaml';
export const DASHBOARD = 'ops/grafana/lesspay-payins.json';

const captures = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, captured = '']) => captured);

export const alertNames = (): string[] => captures(read(RULES), /^ +- alert: (\S+)$/gm);
export const runbooks = (): string[] => captures(read(RULES), /^ +runbook: (\S+)$/gm);
export const testNames = (): string[] => captures(read(RULE_TESTS), /^ +- name: (.+)$/gm);

const dashboard = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

/** With a minute for Grafana's interval. */
export const dashboardExpressions = (): string[] =>
  dashboard
    .parse(JSON.parse(read(DASHBOARD)))
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '1m')));
