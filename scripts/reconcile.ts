import { parseArgs } from 'node:util';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { runningReconciliation, startReconciliation, type ReconciliationHandle } from '../client/reconcile';
import { temporalClient, temporalConfig } from '../temporal.config';
import { INSTANT, instantOf } from '../payin/rfc3339';
import { asInvoked } from './invocation';
import { loginName } from './login-name';
import { follow } from './reconciliation-progress';
import { differenceTable, isSettled, summary } from './reconciliation-table';

const USAGE = asInvoked(`usage: npm run reconcile -- --from 2026-11-01 [--to 2026-11-08] [--who NAME]
       npm run reconcile -- --follow

--from, --to  a time in RFC 3339, or a date, which means 00:00 UTC; without --to: until now
--who         who starts it, for the report; the default is the user's login name
--follow      shows the progress and the result of the reconciliation that is running
exit codes: 0 no difference is left; 2 differences are left, or it was not complete; 1 it failed; 130 Ctrl-C`);

const SEE_PROGRESS = asInvoked('To see its progress: npm run reconcile -- --follow');

const DAY_MS = 24 * 3_600_000;
/** `settled`: complete, and no difference is left (`isSettled`). `different`: otherwise. `failed`: no result. */
const EXIT = { settled: 0, failed: 1, different: 2, interrupted: 130 } as const;

/**
 * `npm run reconcile`: starts a reconciliation of a time range, shows its progress, and prints the differences. Connects
 * to the Temporal that `TEMPORAL_*` names. The reconciliation goes on there when this process ends.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      who: { type: 'string', default: loginName() },
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
    if (more > 0) console.log(`and ${more} more: they are in the report in the order records\n`);
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
  if (instant === undefined) throw new Error(`${USAGE}\n\n${option} ${text} is not valid: it must be ${INSTANT}.`);
  return instant;
}

async function start(client: Client, range: Range, by: string): Promise<ReconciliationHandle> {
  const handle = await startReconciliation(client, { range, by, give_up_after_ms: DAY_MS });
  if (!handle) throw new Error(`A reconciliation is already running. ${SEE_PROGRESS}`);
  console.error(`Started ${handle.workflowId} in namespace ${temporalConfig().namespace}.`);
  return handle;
}

async function running(client: Client): Promise<ReconciliationHandle> {
  const handle = await runningReconciliation(client);
  if (!handle) throw new Error('No reconciliation is running.');
  return handle;
}

function leave(): never {
  console.error(`\nThe reconciliation goes on in the workers. ${SEE_PROGRESS}`);
  process.exit(EXIT.interrupted);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof WorkflowFailedError ? error.cause : error;
  console.error(reason instanceof Error ? reason.message : reason);
  process.exitCode = EXIT.failed;
});
