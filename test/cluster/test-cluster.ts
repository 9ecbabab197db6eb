import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../devstack/project-root';
import { faults } from './faults';
import { kill } from './kill';
import { table } from './report';
import { restore } from './restore';
import type { Line, Scenario } from './scenario';
import { searchAttributes } from './search-attributes';
import { upgrade } from './upgrade';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  kill,
  restore,
  upgrade,
  'search-attributes': searchAttributes,
  faults,
};

/**
 * `npm run test:cluster -- [--only=SCENARIO or SCENARIO/CASE] [--rate=5] [--bound=10] [--times=1]`: proofs on a cluster as in
 * production (docs/cluster.md). Exit code 1 when one fails.
 */
async function main(): Promise<void> {
  const { only, rate, bound_ms, times } = readArguments();
  const [scenario, ...rest] = only?.split('/') ?? [];
  const ofCase = rest.length > 0 ? rest.join('/') : undefined;
  const chosen = Object.entries(SCENARIOS).filter(([name]) => scenario === undefined || name === scenario);
  if (chosen.length === 0) throw new Error(`--only: there is ${Object.keys(SCENARIOS).join(', ')}`);
  const lines: Line[] = [];
  for (let time = 1; time <= times; time += 1)
    for (const [name, run] of chosen) {
      const title = times === 1 ? name : `${name}, ${time} of ${times}`;
      say(`\n## ${title}`);
      const folder = join(projectRoot, '.data', 'test-cluster', name);
      const results = await run({ log: say, folder, rate, bound_ms, only: ofCase }).catch(asLine);
      lines.push(...results);
      say(`\n${table(results)}`);
      for (const { name, problems } of results)
        for (const problem of problems.slice(0, SHOWN)) say(`${name}: ${problem}`);
    }
  const broken = lines.filter(({ problems }) => problems.length > 0);
  say(broken.length === 0 ? `\nAll ${lines.length} passed.` : `\n${broken.length} of ${lines.length} failed.`);
  // What a scenario that failed left behind may still be running.
  process.exit(broken.length === 0 ? 0 : 1);
}

const SHOWN = 50;

function readArguments() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rate: { type: 'string', default: '5' },
      bound: { type: 'string', default: '10' },
      times: { type: 'string', default: '1' },
    },
  });
  const [rate, bound, times] = [values.rate, values.bound, values.times].map(Number);
  if (!rate || !bound || !times) throw new Error('--rate, --bound and --times must be numbers above 0');
  return { only: values.only, rate, bound_ms: bound * 1_000, times };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const asLine = (error: unknown): readonly Line[] => [
  {
    name: 'it could not be run',
    figures: {},
    problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  },
];

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
