import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runOnLeash } from '../../devstack/leashed-program';
import { waitFor } from '../machinery/wait-for';

/** Where Debian's package `prometheus` puts its programs. */
export const PROMTOOL = '/usr/bin/promtool';
const PROMETHEUS = '/usr/bin/prometheus';
export const isPrometheusInstalled = (): boolean => existsSync(PROMTOOL) && existsSync(PROMETHEUS);

/** `it`, or without promtool `it.skip` with the reason; in CI it may not be missing. */
export function withPromtool(title: string, test: () => void): void {
  if (isPrometheusInstalled() || process.env['CI']) it(title, test);
  else it.skip(`${title} (skipped: promtool is missing, which Debian's package prometheus has)`, test);
}

/** A minute of the rules is a second here: windows, `for` and ages. */
const A_MINUTE_IS_S = 1;

/** The rules as they are, but in another time. */
export function inSeconds(rules: string): string {
  const seconds = (count: string, unit: string) =>
    `${Math.max(Number(count) * (unit === 'h' ? 60 : 1) * A_MINUTE_IS_S, 1)}s`;
  return rules
    .replace(/\[(\d+)([mh])\]/g, (_all, count: string, unit: string) => `[${seconds(count, unit)}]`)
    .replace(/for: (\d+)([mh])/g, (_all, count: string, unit: string) => `for: ${seconds(count, unit)}`)
    .replace(/(\d+) \* 60/g, `$1 * ${A_MINUTE_IS_S}`)
    .replace('older_than="5m"', 'older_than="0s"');
}

export interface Target {
  readonly job: string;
  readonly port: number;
  readonly key?: string;
}

const alertsAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});
const queryAnswer = z.object({ status: z.literal('success'), data: z.object({ result: z.array(z.unknown()) }) });

/** A Prometheus on this machine with the rules of `ops/`, in seconds instead of minutes. */
export async function startPrometheus(folder: string, port: number, targets: readonly Target[]) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'alerts.yaml'), inSeconds(readFileSync('ops/prometheus/alerts.yaml', 'utf8')));
  const jobs = targets.map(
    ({ job, port, key }) => `
  - job_name: ${job}${key === undefined ? '' : `\n    authorization: { credentials: ${key} }`}
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]`,
  );
  const config = `global: { scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms }
rule_files: [alerts.yaml]
scrape_configs:${jobs.join('')}
`;
  writeFileSync(join(folder, 'prometheus.yaml'), config);
  const args = [
    `--config.file=${join(folder, 'prometheus.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--query.lookback-delta=5s',
  ];
  const program = await runOnLeash(PROMETHEUS, args, { logFile: join(folder, 'prometheus.log') });
  const url = `http://127.0.0.1:${port}/api/v1`;
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(isReady, { what: 'Prometheus' });
  return {
    stop: () => program.stop(),
    /** The names of the alerts that fire. */
    async firing(): Promise<Set<string>> {
      const { data } = alertsAnswer.parse(await (await fetch(`${url}/alerts`)).json());
      return new Set(
        data.alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''),
      );
    },
    /** How many series an expression gives now. */
    async series(expr: string): Promise<number> {
      const answer = await fetch(`${url}/query?query=${encodeURIComponent(expr)}`);
      return queryAnswer.parse(await answer.json()).data.result.length;
    },
  };
}
export type RunningPrometheus = Awaited<ReturnType<typeof startPrometheus>>;
