import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../../devstack/project-root';
import { DYNAMIC_CONFIG } from '../machinery/dynamic-config';
import { Cluster } from './cluster';
import type { Line, Scenario } from './scenario';

/**
 * Tests that `npm test` runs on a dev server, once more on the cluster: what operators do to runs, activities that are
 * paused, many questions at once, tasks that fail, runs that continue as new, resume, or can't be read.
 */
const FILES: readonly string[] = [
  'e2e/operations',
  'e2e/create-order-repeated',
  'e2e/failing-task',
  'e2e/stopped-run',
  'e2e/lesspay-down',
  'e2e/idempotent-start',
  'e2e/together',
  'e2e/resumed',
  'e2e/unasked-payin',
  'e2e/open-local-call',
  'e2e/notification-together',
  'e2e/notification-at-once',
  'e2e/notification-runs',
  'e2e/recorded-start',
  'e2e/order-record',
  'e2e/long-life',
  'e2e/outage',
  'e2e/worker-killed',
  'e2e/worker-deployment',
  'e2e/changed-workflow',
  'e2e/reconciliation.test',
  'workflows/reconciliation',
  'scripts/command-line',
  'scripts/many-payins',
  'scripts/notifications',
  'scripts/reconcile',
];

const outcome = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export const faults: Scenario = async (options) => {
  const files = FILES.filter((file) => file.includes(options.only ?? ''));
  const cluster = await Cluster.start({
    ...options,
    dynamicConfig: DYNAMIC_CONFIG,
    namespace: 'default',
    temporalOnly: true,
  });
  try {
    await cluster.command('setup');
    const file = join(options.folder, 'jest.json');
    const jest = spawn(
      process.execPath,
      [
        join(projectRoot, 'node_modules/jest/bin/jest.js'),
        '--runInBand',
        '--json',
        `--outputFile=${file}`,
        ...files.map((name) => `test/${name}`),
      ],
      {
        cwd: projectRoot,
        env: { ...process.env, TEST_TEMPORAL_ADDRESS: cluster.temporalAddress, TEST_PATIENCE_MS: '180000' },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    await once(jest, 'exit');
    const { testResults } = outcome.parse(JSON.parse(await readFile(file, 'utf8')));
    return testResults.map(lineOf);
  } finally {
    await cluster.stop();
  }
};

function lineOf({
  name,
  message,
  startTime,
  endTime,
  assertionResults,
}: z.output<typeof outcome>['testResults'][number]): Line {
  const failed = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
  return {
    name: name.slice(join(projectRoot, 'test/').length),
    figures: { tests: assertionResults.length, seconds: Math.round((endTime - startTime) / 1_000) },
    problems: failed.length > 0 || assertionResults.length > 0 ? failed : [message],
  };
}
