import { parseArgs } from 'node:util';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { signalNotification, type NotificationKey } from '../client/signal-notification';
import { ENDPOINT_SETTINGS, readSettings, SANDBOX_MERCHANT } from '../settings';
import { temporalClient, temporalConfig } from '../temporal.config';
import type { notification } from '../workflows/notification';
import { notificationWorkflowId, skipUpdate, type SkipNote, type Trouble } from '../workflows/notification/messages';
import { asInvoked } from './invocation';
import { loginName } from './login-name';
import { pausedInWords as inWords, pausedOf } from './paused';
import { findUndelivered, type Undelivered } from './undelivered';

const USAGE = asInvoked(`usage: npm run notifications -- list [--limit NUMBER]
       npm run notifications -- resend REQUEST_ID [--endpoint NAME] [--from NUMBER]
       npm run notifications -- skip REQUEST_ID NUMBER --endpoint NAME [--who NAME] --why REASON

list    shows the pay-ins with undelivered events, for each endpoint
resend  sends events again; without --from the undelivered ones, or all when none is undelivered;
        without --endpoint to all of NOTIFY_ENDPOINTS
skip    gives up event NUMBER for good: the first undelivered one, so that the next is sent`);

/** How long a worker may take to answer, ms. */
const ANSWER_TIMEOUT_MS = 20_000;

/**
 * `npm run notifications -- list|resend|skip` (see `USAGE`). Events are sent again with the ids they had, also after the
 * pay-in's end. Connects to the Temporal that `TEMPORAL_*` names.
 */
async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      endpoint: { type: 'string' },
      from: { type: 'string' },
      who: { type: 'string', default: loginName() },
      why: { type: 'string', default: '' },
      limit: { type: 'string', default: '50' },
    },
  });
  const [command, request_id, ...rest] = positionals;
  const client = temporalClient();
  try {
    if (command === 'list' && request_id === undefined) return await list(client, wholeNumber('--limit', values.limit));
    if (command === 'skip' && request_id && rest.length === 1) {
      const key = { request_id, endpoint: endpointName(values.endpoint ?? '') };
      return await skip(client, key, {
        number: wholeNumber('NUMBER', rest[0] ?? ''),
        who: values.who,
        why: values.why,
      });
    }
    if (command !== 'resend' || !request_id || rest.length > 0) throw new Error(USAGE);
    const from = values.from === undefined ? undefined : wholeNumber('--from', values.from);
    for (const endpoint of values.endpoint === undefined ? endpointNames() : [endpointName(values.endpoint)]) {
      await signalNotification(client, { request_id, endpoint }, 'resend', from === undefined ? {} : { from });
      const workflowId = notificationWorkflowId(request_id, endpoint);
      const paused = pausedOf(await client.workflow.getHandle(workflowId).describe(), ['deliver', 'loadEvents']);
      const place = `${workflowId}, namespace ${temporalConfig().namespace}`;
      console.log(
        paused
          ? `The notification workflow has the request, but ${inWords(paused)}`
          : `Requested: a worker sends the events to ${endpoint}: ${place}`,
      );
    }
  } finally {
    await client.connection.close();
  }
}

async function skip(client: Client, { request_id, endpoint }: NotificationKey, note: SkipNote): Promise<void> {
  if (note.why.trim() === '') throw new Error(`--why: must give a reason, for the audit trail\n${USAGE}`);
  const id = notificationWorkflowId(request_id, endpoint);
  const handle = client.workflow.getHandle<typeof notification>(id);
  const ask = () => handle.executeUpdate(skipUpdate, { args: [note] });
  try {
    const { pending } = await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, ask);
    const [next] = pending;
    const then = next ? `Event ${next.number} is sent now` : 'No other event is undelivered';
    console.log(`Event ${note.number} is skipped. ${then}: ${id}, namespace ${temporalConfig().namespace}`);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new Error(`nothing is undelivered: ${id} is not running`, { cause: error });
    if (error instanceof WorkflowUpdateFailedError)
      throw new Error(error.cause?.message ?? error.message, { cause: error });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new Error(
        `no worker answered within ${ANSWER_TIMEOUT_MS / 1_000} s. The event may still be skipped later: check with list.`,
        { cause: error },
      );
    throw error;
  }
}

async function list(client: Client, limit: number): Promise<void> {
  const { found, more } = await findUndelivered(client, limit);
  for (const one of found) console.log(line(one));
  if (found.length === 0) console.log('Nothing is undelivered.');
  if (more) console.log(`... and more. Shown: ${limit}. Set --limit to see more.`);
}

function line({ request_id, endpoint, needs_attention, paused, state, attempt, last_failure }: Undelivered): string {
  const attention = `NEEDS ATTENTION${state?.trouble ? `: ${TROUBLE[state.trouble]}` : ''}`;
  const marks = [...(needs_attention ? [attention] : []), ...(paused ? [`PAUSED: ${inWords(paused)}`] : [])];
  const head = [`${request_id} -> ${endpoint}`, ...marks].join('  ');
  if (!state) return paused ? head : `${head}  no worker answers`;
  const [first] = state.pending;
  const failure = last_failure ?? state.last_failure;
  return [
    `${head}  ${state.pending.length} undelivered`,
    ...(first
      ? [`first: event ${first.number}, ${first.kind}${first.to ? ` to ${first.to}` : ''}, since ${first.since}`]
      : []),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
    ...(failure === undefined ? [] : [`last failure: ${failure}`]),
  ].join(', ');
}

const TROUBLE: Readonly<Record<Trouble, string>> = {
  refused: 'the endpoint refuses the event; tries go on',
  gone: 'the endpoint answered 410 Gone; no more tries',
  in_vain: 'tried for 3 days without success',
};

function endpointNames(): string[] {
  const names = readSettings(ENDPOINT_SETTINGS).NOTIFY_ENDPOINTS.map(({ name }) => name);
  if (names.length > 0) return names;
  if (process.env['NODE_ENV'] === 'production')
    throw new Error(
      'NOTIFY_ENDPOINTS: is not set. Set it to the same value as for the worker, or add --endpoint NAME.',
    );
  return [SANDBOX_MERCHANT.name];
}

function endpointName(text: string): string {
  if (!/^[a-z0-9_]{1,30}$/.test(text)) throw new Error(`--endpoint: must be a name of NOTIFY_ENDPOINTS\n${USAGE}`);
  return text;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option}: must be a whole number above 0\n${USAGE}`);
  return Number(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
