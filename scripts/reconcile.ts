import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { runningReconciliation, startReconciliation, type ReconciliationHandle } from '../client/reconcile';
import { temporalClient, temporalConfig } from '../temporal.config';
import { INSTANT, instantOf } from '../payin/rfc3339';
import { follow } from './reconciliation-progress';
import { differenceTable, isSettled, summary } from './reconciliation-table';

const USAGE = `usage: npm run reconcile -- --from 2026-11-01 [--to 2026-11-08] [--who NAME]
       npm run reconcile -- --follow

Instants are RFC 3339; a date alone is its midnight in UTC. --to is now where it is left out.`;

const DAY_MS = 24 * 3_600_000;
/** Nothing of it is left different; there is something; it was not (wholly) done. */
const EXIT = { settled: 0, failed: 1, different: 2, interrupted: 130 } as const;

/**
 * `npm run reconcile`: has the workers compare Lesspay's orders of a time range with the records, follows it, and prints
 * what differed. Talks to the Temporal that `TEMPORAL_*` names, where it goes on without us.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      who: { type: 'string', default: userInfo().username },
      follow: { type: 'boolean', default: false },
    },
  });
  const range = values.follow ? undefined : rangeOf(values.from, values.to);
  const client = temporalClient();
  try {
    const handle = range ? await start(client, range, values.who) : await running(client);
    process.once('SIGINT', leave);
    const result = await follow(client, handle);
    if (result.differences.length > 0) console.log(`${differenceTable(result.differences)}\n`);
    const more = result.counts.differences - result.differences.length;
    if (more > 0) console.log(`and ${more} more, in the order records\n`);
    console.log(summary(result));
    process.exitCode = isSettled(result) ? EXIT.settled : EXIT.different;
  } finally {
    await client.connection.close();
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(from: string | undefined, to: string | undefined): Range {
  if (from === undefined) throw new Error(USAGE);
  const range = { from: optionInstant('--from', from), to: to === undefined ? Date.now() : optionInstant('--to', to) };
  if (range.from >= range.to)
    throw new Error(`${USAGE}\n\n--from ${from} is not before ${to === undefined ? 'now' : `--to ${to}`}.`);
  return range;
}

function optionInstant(option: string, text: string): number {
  const instant = instantOf(text);
  if (instant === undefined) throw new Error(`${USAGE}\n\n${option} ${text} can't be read: it must be ${INSTANT}.`);
  return instant;
}

async function start(client: Client, range: Range, by: string): Promise<ReconciliationHandle> {
  const handle = await startReconciliation(client, { range, by, give_up_after_ms: DAY_MS });
  if (!handle) throw new Error('One runs already, and there are never two. Follow it: npm run reconcile -- --follow');
  console.error(`Started ${handle.workflowId} in namespace ${temporalConfig().namespace}.`);
  return handle;
}

async function running(client: Client): Promise<ReconciliationHandle> {
  const handle = await runningReconciliation(client);
  if (!handle) throw new Error('None is running.');
  return handle;
}

function leave(): never {
  console.error('\nIt goes on without us. Follow it again: npm run reconcile -- --follow');
  process.exit(EXIT.interrupted);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // What failed the workflow says more than that it failed.
  const told = error instanceof WorkflowFailedError ? error.cause : error;
  console.error(told instanceof Error ? told.message : told);
  process.exitCode = EXIT.failed;
});
