import { setTimeout as sleep } from 'node:timers/promises';
import { wakePayin } from '../../client/signal-payin';
import { waitFor } from '../machinery/wait-for';
import { changedRelease } from './changed-release';
import { Cluster } from './cluster';
import { allIsRight } from './kill';
import { FIRST_RELEASE, type Release } from './parts';
import type { Line, Scenario, ScenarioOptions } from './scenario';
import { AT_ONCE, Traffic } from './traffic';
import { eachOf } from '../machinery/each-of';

/** Releases with a workflow that can't replay the runs of the one before: rolled out, and rolled back. */

interface Case {
  readonly name: string;
  readonly buildId: string;
  readonly change: 'guarded' | 'unguarded';
  /** Whether the new build stays. */
  readonly stays: boolean;
}

const CASES: readonly Case[] = [
  { name: 'a change without patched, rolled back', buildId: '1.1.0', change: 'unguarded', stays: false },
  { name: 'a change with patched, rolled back', buildId: '1.2.0', change: 'guarded', stays: false },
  { name: 'a change with patched, rolled out', buildId: '1.3.0', change: 'guarded', stays: true },
];

const PHASE_MS = 8_000;
/** Payers of a third of the pay-ins pay at once, of a third in the next phase, of a third at the end. */
const THINKS_MS = [1_000, PHASE_MS, undefined] as const;

const PROBLEMS = 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute';

export const upgrade: Scenario = async (options) => {
  const cases = CASES.filter(({ name }) => name.includes(options.only ?? ''));
  // A run whose task has failed twice is listed.
  const dynamicConfig = { [PROBLEMS]: 2 };
  const cluster = await Cluster.start({ ...options, dynamicConfig });
  try {
    const lines: Line[] = [];
    for (const one of cases) {
      options.log(`making release ${one.buildId}`);
      const release = await changedRelease(one.buildId, one.change, options.folder);
      lines.push(await runCase(cluster, one, release, options));
    }
    return lines;
  } finally {
    await cluster.stop();
  }
};

async function runCase(
  cluster: Cluster,
  { name, stays }: Case,
  release: Release,
  { rate, log }: ScenarioOptions,
): Promise<Line> {
  const { buildId } = release;
  const traffic = new Traffic(cluster, { rate, prefix: `up-${buildId}`, thinks: (index) => THINKS_MS[index % 3] });
  await sleep(PHASE_MS);
  // Some have asked Lesspay, and stay open: the new release can't replay them without its guard.
  const asked = traffic.soFar().filter(({ answered, paid_at }) => answered?.pay_order_id && paid_at === undefined);
  const wakeThem = () =>
    eachOf(asked, AT_ONCE, async ({ request_id }) => {
      await wakePayin(cluster.client, request_id, { who: 'mia', why: 'to have Lesspay asked' });
    });
  await wakeThem();
  await sleep(2_000);
  log(`${buildId}: half of the tasks`);
  await cluster.end('worker-2');
  await cluster.startAgain('worker-2', release);
  await cluster.ramp(buildId, 50);
  await sleep(PHASE_MS);
  log(`${buildId}: all tasks`);
  await cluster.makeCurrent(buildId);
  await wakeThem();
  await sleep(PHASE_MS);
  const failing = await count(cluster, 'TemporalReportedProblems IS NOT NULL');
  let pinned = 0;
  if (stays) {
    await cluster.end('worker-1');
    await cluster.startAgain('worker-1', release);
  } else {
    log(`${buildId}: rolled back`);
    pinned = await rollBack(cluster, buildId);
  }
  await sleep(PHASE_MS);
  const stories = await traffic.stop();
  await traffic.payRest();
  const { problems } = await allIsRight(cluster, stories);
  const left = await count(cluster, `TemporalUsedWorkerDeploymentVersions = 'lesspay-payins:${buildId}'`);
  if (!stays) {
    await cluster.end('worker-2');
    await cluster.startAgain('worker-2', FIRST_RELEASE);
  }
  return {
    name,
    figures: {
      'pay-ins': stories.length,
      'had asked Lesspay': asked.length,
      'whose tasks the new build failed': failing,
      'left to the new build': pinned,
    },
    problems: [...problems, ...(left > 0 && !stays ? [`${left} runs still need build ${buildId}`] : [])],
  };
}

/**
 * As docs/changing-workflows.md says: the old build is current again, and what the new one has begun stays with it. Until
 * that is so, no worker of the old build runs.
 * @returns how many runs that are
 */
async function rollBack(cluster: Cluster, buildId: string): Promise<number> {
  await cluster.end('worker-1');
  await cluster.makeCurrent(FIRST_RELEASE.buildId, '--allow-no-pollers');
  const begun = `TemporalUsedWorkerDeploymentVersions = 'lesspay-payins:${buildId}'`;
  const toBuild = [
    '--versioning-override-deployment-name',
    'lesspay-payins',
    '--versioning-override-build-id',
    buildId,
  ];
  const pin = ['--versioning-override-behavior', 'pinned', ...toBuild, '--reason', 'rolled back', '--yes'];
  const areAllPinned = async () => {
    if ((await count(cluster, `${begun} AND TemporalWorkflowVersioningBehavior != 'Pinned'`)) === 0) return true;
    await cluster.temporal('workflow', 'update-options', '--query', `CloseTime IS NULL AND ${begun}`, ...pin);
    return false;
  };
  // Visibility is a moment late.
  await sleep(2_000);
  await waitFor(areAllPinned, { what: 'the end of the batch', restMs: 3_000 });
  await cluster.startAgain('worker-1');
  return count(cluster, begun);
}

const count = async (cluster: Cluster, query: string): Promise<number> =>
  (await cluster.client.workflow.count(`CloseTime IS NULL AND ${query}`)).count;
