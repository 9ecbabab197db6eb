import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { clockOffset, clockProblem } from '../lesspay/clock';
import { JsonNumber, JsonObject, parseJson } from '../lesspay/json';
import { isMethodType, METHOD_TYPES } from '../lesspay/methods';
import { requestSignature } from '../lesspay/signature';
import { readSettings, SettingsError, WORKER_SETTINGS } from '../settings';
import { asInvoked } from './invocation';
import { jsonShape } from './json-shape';
import { probeOrder } from './probe-order';

const USAGE = asInvoked(`usage: npm run lesspay:probe -- [--request-id ID | --last-hours N | --create METHOD]
--request-id  asks for the order of this request_id
--last-hours  asks for the orders of the last N hours (1 to 168)
--create      creates an order of 10.00 that closes unpaid after a minute, to see the answer of a method: ${METHOD_TYPES.join(', ')};
              with --customer NAME=VALUE (for each), --token TOKEN or --currency CODE, where the method needs it
without an option: asks for an order that does not exist, to check address, credentials and clock`);

const HOUR_MS = 3_600_000;
/** `PUBLIC_URL` is needed to create an order alone. */
const LESSPAY_SETTINGS = WORKER_SETTINGS.pick({
  LESSPAY_BASE_URL: true,
  LESSPAY_APP_ID: true,
  LESSPAY_APP_SECRET: true,
}).extend({ PUBLIC_URL: WORKER_SETTINGS.shape.PUBLIC_URL.optional() });

/**
 * `npm run lesspay:probe`: sends one signed query-order, which changes nothing, to the configured host; or, with `--create`,
 * one create-order. Prints the names, types and lengths of the answer's members, and no values. Their shapes are not public
 * (docs/lesspay.md, "create-order" and "query-order").
 */
async function main(args: string[], now: number): Promise<void> {
  const {
    LESSPAY_BASE_URL: baseUrl,
    LESSPAY_APP_ID: appId,
    LESSPAY_APP_SECRET: secrets,
    PUBLIC_URL: publicUrl,
  } = readSettings(LESSPAY_SETTINGS);
  const { call, members } = callOf(args, publicUrl, now);
  const body = JSON.stringify(members);
  console.log(`${call} at ${baseUrl} with ${Object.keys(members).join(', ')}`);
  const sent_at = Date.now();
  const answer = await fetch(`${baseUrl}/api/global/v1/pay/${call}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-auth-appid': appId,
      'x-auth-timestamp': String(now),
      'x-auth-signature': requestSignature(body, secrets[0] ?? ''),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
  console.log(`HTTP ${answer.status}, content type ${answer.headers.get('content-type') ?? 'not stated'}`);
  console.log(clockLine(clockOffset(answer.headers.get('date') ?? undefined, sent_at, Date.now())));
  console.log(describe(await answer.text()));
}

interface Call {
  readonly call: 'query-order' | 'create-order';
  readonly members: object;
}

function callOf(args: string[], publicUrl: string | undefined, now: number): Call {
  const { create, customer, token, currency, ...asked } = parseArgs({ args, options: OPTIONS }).values;
  const isQuery = customer === undefined && token === undefined && currency === undefined;
  if (create === undefined && isQuery) return { call: 'query-order', members: queryOf(asked, now) };
  if (create === undefined || !isMethodType(create) || Object.keys(asked).length > 0) throw new Error(USAGE);
  if (publicUrl === undefined) throw new SettingsError(['PUBLIC_URL: is not set']);
  const order = { method: create, customer: customer ?? [], token, currency };
  return { call: 'create-order', members: probeOrder(order, publicUrl) };
}

const OPTIONS = {
  'request-id': { type: 'string' },
  'last-hours': { type: 'string' },
  create: { type: 'string' },
  customer: { type: 'string', multiple: true },
  token: { type: 'string' },
  currency: { type: 'string' },
} as const;

interface Asked {
  readonly 'request-id'?: string | undefined;
  readonly 'last-hours'?: string | undefined;
}

function queryOf({ 'request-id': id, 'last-hours': hours }: Asked, now: number): object {
  const page = { end_time: now, page: 1, page_size: 20 };
  if (hours === undefined)
    return { request_id: id ?? `probe-${randomBytes(5).toString('hex')}`, start_time: now - 168 * HOUR_MS, ...page };
  if (id !== undefined || !/^\d+$/.test(hours) || Number(hours) < 1 || Number(hours) > 168) throw new Error(USAGE);
  return { start_time: now - Number(hours) * HOUR_MS, ...page };
}

function clockLine(offset_ms: number | undefined): string {
  if (offset_ms === undefined) return 'the answer has no Date header: our clock could not be compared';
  return clockProblem(offset_ms) ?? 'our clock agrees with the answer’s Date header';
}

/** Shows the value of `code` only: a small number of Lesspay's that says success or the kind of error. */
function describe(text: string): string {
  let answer;
  try {
    answer = parseJson(text);
  } catch (error) {
    return `not JSON, ${text.length} characters (${String(error)})`;
  }
  const code = answer instanceof JsonObject ? answer.get('code') : undefined;
  const shownCode = code instanceof JsonNumber && code.text.length <= 6 ? `code ${code.text}\n` : '';
  return `${shownCode}${jsonShape(answer).join('\n')}`;
}

main(process.argv.slice(2), Date.now()).catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : reason(error));
  process.exitCode = 1;
});

/** The message of `fetch` is only "fetch failed"; its cause has the reason. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return USAGE;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
