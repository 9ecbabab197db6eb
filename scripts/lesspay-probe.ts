import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { clockOffset, clockProblem } from '../lesspay/clock';
import { JsonNumber, JsonObject, parseJson } from '../lesspay/json';
import { requestSignature } from '../lesspay/signature';
import { readSettings, SettingsError, WORKER_SETTINGS } from '../settings';
import { jsonShape } from './json-shape';

const USAGE = `usage: npm run lesspay:probe -- [--request-id ID | --last-hours N]
  without an option it asks for an order that does not exist; with one, for real rows (N: 1 to 168)`;

const HOUR_MS = 3_600_000;
const LESSPAY_SETTINGS = WORKER_SETTINGS.pick({
  LESSPAY_BASE_URL: true,
  LESSPAY_APP_ID: true,
  LESSPAY_APP_SECRET: true,
});

/**
 * `npm run lesspay:probe`: signs one query-order, which changes nothing, and prints which fields and shapes the
 * configured host answers with; no value of theirs. The row's shape is not public (docs/lesspay.md, "query-order").
 */
async function main(args: string[], now: number): Promise<void> {
  const query = queryOf(args, now);
  const {
    LESSPAY_BASE_URL: baseUrl,
    LESSPAY_APP_ID: appId,
    LESSPAY_APP_SECRET: secrets,
  } = readSettings(LESSPAY_SETTINGS);
  const body = JSON.stringify(query);
  console.log(`query-order at ${baseUrl}, asking by ${Object.keys(query).join(', ')}`);
  const sent_at = Date.now();
  const answer = await fetch(`${baseUrl}/api/global/v1/pay/query-order`, {
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

function queryOf(args: string[], now: number): Record<string, unknown> {
  const options = { 'request-id': { type: 'string' }, 'last-hours': { type: 'string' } } as const;
  const { 'request-id': id, 'last-hours': hours } = parseArgs({ args, options }).values;
  const page = { end_time: now, page: 1, page_size: 20 };
  if (hours === undefined)
    return { request_id: id ?? `probe-${randomBytes(5).toString('hex')}`, start_time: now - 168 * HOUR_MS, ...page };
  if (id !== undefined || !/^\d+$/.test(hours) || Number(hours) < 1 || Number(hours) > 168) throw new Error(USAGE);
  return { start_time: now - Number(hours) * HOUR_MS, ...page };
}

function clockLine(offset_ms: number | undefined): string {
  if (offset_ms === undefined) return 'the answer has no date: our clock could not be compared';
  return clockProblem(offset_ms) ?? 'our clock agrees with the answer’s date';
}

/** The business code is Lesspay's own small number and says whether the rest is an answer at all: it is shown. */
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

/** fetch says "fetch failed"; why stands in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return USAGE;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
