import { msToTs } from '@temporalio/common/lib/time';
import { waitFor } from '../machinery/wait-for';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { startPayin, tell } from '../crash/merchant';
import { Cluster } from './cluster';
import { runCommand } from './command';
import type { Line, Scenario } from './scenario';

/** What lists and filters show at the limits of Temporal's PostgreSQL, which drops a run from the lists in silence. */

const LONGEST_ID = 'longest-of-them-all-';

interface Case {
  readonly name: string;
  readonly request_id?: string;
  readonly amount?: string;
  /** The deadline of a dispute. */
  readonly answer_by?: string;
  /** A filter that must find it. */
  readonly filter: string;
}

const CASES: readonly Case[] = [
  { name: 'the largest amount', amount: '999999999999999', filter: 'PayinAmount = 999999999999999' },
  { name: 'an amount that rounds to 10^15', amount: '999999999999999.99999999', filter: 'PayinAmount IS NULL' },
  { name: 'the smallest amount', amount: '0.00000001', filter: 'PayinAmount < 0.00001' },
  { name: 'the longest request_id', request_id: LONGEST_ID, filter: `PayinRequestId = '${LONGEST_ID}'` },
  {
    name: 'a deadline in the last year',
    answer_by: '9999-12-31T23:59:59Z',
    filter: "PayinAnswerBy > '9999-12-31T00:00:00Z'",
  },
  { name: 'a deadline in the first year', answer_by: '0001-01-01T00:00:00Z', filter: 'PayinAnswerBy IS NULL' },
  {
    name: 'a deadline in nanoseconds',
    answer_by: '2027-01-01T00:00:00.123456789Z',
    filter: "PayinAnswerBy < '2027-01-02T00:00:00Z'",
  },
];

export const searchAttributes: Scenario = async (options) => {
  const cluster = await Cluster.start(options);
  try {
    const lines: Line[] = [];
    for (const [index, one] of CASES.entries()) lines.push(await runCase(cluster, one, `limit-${index}`));
    return [...lines, await namespaceOf(cluster, 6, 'set up'), await namespaceOf(cluster, 7, 'refused')];
  } finally {
    await cluster.stop();
  }
};

async function runCase(cluster: Cluster, one: Case, id: string): Promise<Line> {
  const { name, request_id = id, amount = '100.00', answer_by, filter } = one;
  const problems: string[] = [];
  const posted = await startPayin(cluster.apiUrl, request_id, amount);
  if (posted?.http_status !== 201) problems.push(`POST was answered ${posted?.http_status ?? 'never'}`);
  if (answer_by !== undefined) await dispute(cluster, request_id, answer_by);
  const alert = answer_by === undefined ? '' : " AND PayinAlerts = 'dispute_received'";
  const query = `WorkflowId = '${payinWorkflowId(request_id)}' AND PayOrderId IS NOT NULL${alert}`;
  for (const each of [query, `${query} AND ${filter}`])
    await waitFor(async () => (await cluster.client.workflow.count(each)).count === 1, {
      what: each,
      restMs: 200,
    }).catch((error: unknown) => problems.push(String(error)));
  return { name, figures: { filter }, problems };
}

async function dispute({ sandboxUrl }: Cluster, request_id: string, evidence_required_by: string): Promise<void> {
  const how = { category: 'fraudulent', code: '30034', evidence_required_by };
  const { http_status } = await tell(sandboxUrl, `orders/${request_id}/dispute`, how);
  if (http_status >= 400) throw new Error(`the sandbox refuses the dispute: ${http_status}`);
}

/** Of the ten keywords that a namespace can have on PostgreSQL, another application has taken some. */
async function namespaceOf(cluster: Cluster, taken: number, expected: 'set up' | 'refused'): Promise<Line> {
  const namespace = `shared-${taken}`;
  const name = `npm run setup where ${taken} of 10 keywords are taken`;
  const { connection } = cluster.client;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('7 days'),
  });
  const others = Array.from({ length: taken }, (_none, index) => [`Theirs${index}`, 2]);
  const searchAttributes = Object.fromEntries(others);
  const add = () =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).then(
      () => true,
      () => false,
    );
  await waitFor(add, { what: `the namespace ${namespace}`, restMs: 500 });
  const env = { TEMPORAL_ADDRESS: cluster.temporalAddress, TEMPORAL_NAMESPACE: namespace };
  const words = await runCommand('setup', [], env).then(
    () => 'set up',
    (error: unknown) => String(error),
  );
  cluster.options.log(`${name}: ${words}`);
  const right = expected === 'set up' ? words === 'set up' : words.includes('Keyword');
  return { name, figures: { filter: expected }, problems: right ? [] : [words] };
}
