import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { signalNotification } from '../activities/signal-notification';
import { ENDPOINT_SETTINGS, readSettings, SANDBOX_MERCHANT } from '../settings';
import { temporalClient, temporalConfig } from '../temporal.config';
import { notificationWorkflowId } from '../workflows/notification-messages';
import { pausedInWords as inWords, pausedOf } from './paused';
import { findUndelivered, type Undelivered } from './undelivered';

const USAGE = `usage: npm run notifications -- list [--limit NUMBER]
       npm run notifications -- resend REQUEST_ID [--endpoint NAME] [--from NUMBER]`;

/**
 * `npm run notifications -- list|resend`: lists what the merchant's endpoints have not taken yet, or has a pay-in's events
 * sent again, with the ids they had, also long after its end. Talks to the Temporal that `TEMPORAL_*` names; without
 * `--endpoint` all of `NOTIFY_ENDPOINTS` get them, without `--from` what is undelivered, or else all.
 */
async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      endpoint: { type: 'string' },
      from: { type: 'string' },
      limit: { type: 'string', default: '50' },
    },
  });
  const [command, request_id, ...rest] = positionals;
  const client = temporalClient();
  try {
    if (command === 'list' && request_id === undefined) return await list(client, wholeNumber('limit', values.limit));
    if (command !== 'resend' || !request_id || rest.length > 0) throw new Error(USAGE);
    const from = values.from === undefined ? undefined : wholeNumber('from', values.from);
    for (const endpoint of values.endpoint === undefined ? endpointNames() : [endpointName(values.endpoint)]) {
      await signalNotification(client, { request_id, endpoint }, 'resend', from === undefined ? {} : { from });
      const workflowId = notificationWorkflowId(request_id, endpoint);
      const paused = pausedOf(await client.workflow.getHandle(workflowId).describe());
      const place = `${workflowId}, namespace ${temporalConfig().namespace}`;
      console.log(
        paused
          ? `It has the message, but ${inWords(paused)}`
          : `Sent again to ${endpoint}, as a worker gets to it: ${place}`,
      );
    }
  } finally {
    await client.connection.close();
  }
}

async function list(client: Client, limit: number): Promise<void> {
  const { found, more } = await findUndelivered(client, limit);
  for (const one of found) console.log(line(one));
  if (found.length === 0) console.log('Every endpoint has taken what it was to be told.');
  if (more) console.log(`... and more: --limit shows more than ${limit}.`);
}

function line({ request_id, endpoint, needs_attention, paused, state, attempt, last_failure }: Undelivered): string {
  const marks = [...(needs_attention ? ['NEEDS ATTENTION'] : []), ...(paused ? [`PAUSED: ${inWords(paused)}`] : [])];
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

function endpointNames(): string[] {
  const names = readSettings(ENDPOINT_SETTINGS).NOTIFY_ENDPOINTS.map(({ name }) => name);
  if (names.length > 0) return names;
  if (process.env['NODE_ENV'] === 'production')
    throw new Error('NOTIFY_ENDPOINTS: is not set. Set it as for the worker, or add --endpoint NAME.');
  return [SANDBOX_MERCHANT.name];
}

function endpointName(text: string): string {
  if (!/^[a-z0-9_]{1,30}$/.test(text)) throw new Error(`--endpoint: must be a name of NOTIFY_ENDPOINTS\n${USAGE}`);
  return text;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${option}: must be a whole number above 0\n${USAGE}`);
  return Number(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
