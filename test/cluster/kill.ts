import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { quantile } from '../../bench/quantile';
import { tell } from '../crash/merchant';
import { takeStock } from '../crash/stock';
import { Cluster } from './cluster';
import type { Part } from './parts';
import { type Line, type Scenario, type ScenarioOptions, seconds } from './scenario';
import { type Told, toldOf } from './told';
import { type PayinStory, Traffic } from './traffic';

/** Each process is killed in turn, and started again, while pay-ins come and are paid all the time. */

interface Case {
  readonly name: string;
  readonly part: Part;
  /** How it ends; absent: SIGKILL. */
  readonly end?: (cluster: Cluster) => Promise<void>;
}

const CASES: readonly Case[] = [
  ...(['worker-1', 'worker-2', 'api-1', 'api-2', 'receiver', 'temporal-1', 'temporal-2', 'postgres'] as const).map(
    (part) => ({ name: `kill -9 ${part}`, part }),
  ),
  { name: 'restart of postgres', part: 'postgres', end: (cluster) => cluster.postgres.end('SIGINT') },
];

const BEFORE_MS = 5_000;
const DEAD_MS = 3_000;
const AFTER_MS = 15_000;
/** How long Lesspay takes for a create-order and a query-order, ms. So some are always under way. */
const LESSPAY_MS = 300;
/** Payers pay within so long, ms. */
const THINKS_MS = 3_000;

export const kill: Scenario = async (options) => {
  const cases = CASES.filter(({ name }) => name.includes(options.only ?? ''));
  const cluster = await Cluster.start(options);
  try {
    await slowDown(cluster.sandboxUrl);
    const lines: Line[] = [];
    for (const [index, one] of cases.entries()) {
      const line = await runCase(cluster, one, { ...options, prefix: `kill${index}` });
      options.log(`${line.name}: ${line.problems.length === 0 ? 'ok' : 'BROKEN'} ${JSON.stringify(line.figures)}`);
      lines.push(line);
    }
    return lines;
  } finally {
    await cluster.stop();
  }
};

async function runCase(
  cluster: Cluster,
  { name, part, end = () => cluster.kill(part) }: Case,
  { rate, bound_ms, prefix }: ScenarioOptions & { readonly prefix: string },
): Promise<Line> {
  const traffic = new Traffic(cluster, { rate, prefix, thinks: (index) => (index * 997) % THINKS_MS });
  await sleep(BEFORE_MS);
  const killed_at = Date.now();
  await end(cluster);
  await sleep(DEAD_MS);
  await cluster.startAgain(part);
  const back_at = Date.now();
  await sleep(AFTER_MS);
  const stories = await traffic.stop();
  const { problems, told } = await allIsRight(cluster, stories);
  // Lesspay's answer to create-order was lost with the page in it: after its time limit the order is looked up.
  const isPageLost = ({ answered }: PayinStory) => answered?.code === 'checkout_url_lost';
  const answers = stories.map(({ posted_at, answered_at = Infinity }) => late(posted_at, answered_at, back_at));
  const outcomes = stories.map(({ request_id, paid_at = Infinity }) =>
    late(paid_at, told.get(request_id)?.succeeded_at ?? Infinity, back_at),
  );
  const tooLate = stories.flatMap((story, index) => {
    const [answer = 0, outcome = 0] = [answers[index], outcomes[index]];
    return [
      ...(answer > bound_ms + (isPageLost(story) ? CREATE_LIMIT_MS : 0)
        ? [`${story.request_id}: its POST was answered ${seconds(answer)} s late`]
        : []),
      ...(outcome > bound_ms ? [`${story.request_id}: its outcome was ${seconds(outcome)} s late`] : []),
    ];
  });
  const withPage = stories.flatMap((story, index) => (isPageLost(story) ? [] : [answers[index] ?? 0]));
  return {
    name,
    figures: {
      'pay-ins': stories.length,
      'down, s': seconds(back_at - killed_at),
      'POST answered after, s: median': seconds(quantile(withPage, 0.5)),
      longest: seconds(Math.max(...withPage)),
      'merchant told of the payment after, s: median': seconds(quantile(outcomes, 0.5)),
      'longest ': seconds(Math.max(...outcomes)),
      'page lost': stories.filter(isPageLost).length,
      'load of the machine': (loadavg()[0] ?? 0).toFixed(1),
    },
    problems: [...problems, ...tooLate],
  };
}

/** From when it was asked for, or from when what was killed was back, ms. */
const late = (asked_at: number, done_at: number, back_at: number): number =>
  Math.max(0, done_at - Math.max(asked_at, back_at));

/** The time limit of a create-order (`workflows/payin/activities.ts`), ms. */
const CREATE_LIMIT_MS = 35_000;

const PAYINS_AT_ONCE = 50;

/** Nothing lost, nothing doubled, and the merchant knows. */
export async function allIsRight(
  cluster: Cluster,
  stories: readonly PayinStory[],
): Promise<{ problems: readonly string[]; told: ReadonlyMap<string, Told> }> {
  const problems: string[] = [];
  for (let first = 0; first < stories.length; first += PAYINS_AT_ONCE) {
    const some = stories.slice(first, first + PAYINS_AT_ONCE);
    const ids = some.map(({ request_id }) => request_id);
    const stock = await takeStock(
      cluster,
      cluster.databaseUrl,
      ids,
      some.map(({ answered }) => answered),
    );
    problems.push(...stock.problems);
  }
  const told = await toldOf(
    cluster.sandboxUrl,
    stories.map(({ request_id }) => request_id),
  );
  await keepHistories(cluster, problems);
  return { problems: [...problems, ...[...told.values()].flatMap(({ problems }) => problems)], told };
}

/** Of the runs that did not end, into the folder of the logs. */
async function keepHistories(cluster: Cluster, problems: readonly string[]): Promise<void> {
  const stuck = problems
    .filter((problem) => problem.includes(': its run is '))
    .map((problem) => problem.split(':')[0] ?? '');
  for (const id of stuck.slice(0, 5)) {
    const history = await cluster.temporal('workflow', 'show', '-w', payinWorkflowId(id)).catch(String);
    await writeFile(join(cluster.options.folder, `${id}.json`), history);
  }
}

async function slowDown(sandboxUrl: string): Promise<void> {
  for (const on of ['create', 'query'])
    await tell(sandboxUrl, 'faults', { on, times: null, answer_delay_ms: LESSPAY_MS });
}
