import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { readPayin, wakePayin } from '../client';
import { temporalClient, temporalConfig } from '../temporal.config';

const USAGE = `usage: npm run payin -- show REQUEST_ID
       npm run payin -- wake REQUEST_ID [--who NAME] --why REASON [--unknown]`;

/** How long a worker may take to answer, ms. */
const READ_TIMEOUT_MS = 5_000;

/**
 * `npm run payin -- show|wake REQUEST_ID`: shows a pay-in as its workflow knows it, or has Lesspay asked about it now,
 * also when it has ended or was terminated; with `--unknown` also one that Temporal has never heard of, or forgotten.
 * Talks to the Temporal that `TEMPORAL_*` names.
 */
async function main(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      who: { type: 'string', default: userInfo().username },
      why: { type: 'string', default: '' },
      unknown: { type: 'boolean', default: false },
    },
  });
  const [command, request_id, ...rest] = positionals;
  if (!request_id || rest.length > 0 || (command !== 'show' && command !== 'wake')) throw new Error(USAGE);
  if (command === 'wake' && values.why.trim() === '') throw new Error(`say why, for the audit trail\n${USAGE}`);
  const client = temporalClient();
  try {
    await (command === 'show' ? show(request_id) : wake(request_id));
  } finally {
    await client.connection.close();
  }

  async function show(request_id: string): Promise<void> {
    const payin = await readPayin(client, request_id, { timeoutMs: READ_TIMEOUT_MS });
    if (!payin) throw new Error(`Temporal knows no pay-in ${request_id}: check the request_id`);
    console.log(JSON.stringify(payin, undefined, 2));
  }

  async function wake(request_id: string): Promise<void> {
    const { who, why, unknown } = values;
    const how = await wakePayin(client, request_id, { who, why }, { unknownToo: unknown });
    if (how === 'unknown')
      throw new Error(
        `Temporal knows no pay-in ${request_id}: check the request_id. Add --unknown to look for its order at Lesspay.`,
      );
    const place = `payin-${request_id}, namespace ${temporalConfig().namespace}`;
    console.log(how === 'delivered' ? `It runs, and asks Lesspay now: ${place}` : `It goes on in a new run: ${place}`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
