import { z } from 'zod';
import { DEV_CARD_KEY } from './settings/card-secret-keys';
import { codecProblems } from './settings/codec-server';
import { ALWAYS, DEV_KEY_HASH, DEVELOPMENT, SANDBOX } from './settings/defaults';
import { notifyProblems, notifySettings } from './settings/notify';
import { NO_PAYLOAD_KEYS } from './settings/payload-keys';
import { API_SETTINGS, CODEC_SETTINGS, RECEIVER_SETTINGS, type ApiSettings, type Settings } from './settings/roles';

export { codecProblems } from './settings/codec-server';
export { DEV_API_KEY, SANDBOX } from './settings/defaults';
export { merchantEndpoints, SANDBOX_MERCHANT } from './settings/notify';
export {
  ALL_SETTINGS,
  API_SETTINGS,
  CODEC_KEY_SETTINGS,
  ENDPOINT_SETTINGS,
  PAYLOAD_SETTINGS,
  WORKER_SETTINGS,
  type ApiKey,
  type ApiSettings,
  type Settings,
  type WorkerSettings,
} from './settings/roles';

/**
 * Every setting except Temporal's own (`temporal.config.ts`). The environment is read once, at the start of a program. A
 * setting that is absent or `""` takes its default. Some settings have a default only outside production.
 */

/** Where a worker serves its metrics; undefined: nowhere. */
export const metricsAddress = ({
  WORKER_METRICS_HOST: host,
  WORKER_METRICS_PORT: port,
}: Pick<Settings, 'WORKER_METRICS_HOST' | 'WORKER_METRICS_PORT'>): { host: string; port: number } | undefined =>
  port === undefined ? undefined : { host, port };

/** Says all that is wrong with the settings, one line for each problem. It never shows a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(
      `Some settings are missing or wrong. docs/settings.md explains each one.\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * Reads and checks the settings that a program needs.
 * @param role the program's settings: one of the `..._SETTINGS`
 * @throws SettingsError that names every setting that is missing or wrong, without its value
 */
export function readSettings<Role extends z.ZodObject>(
  role: Role,
  env: NodeJS.ProcessEnv = process.env,
): z.output<Role> {
  const production = env['NODE_ENV'] === 'production';
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const values: Record<string, unknown> = { ...ALWAYS, ...(production ? {} : DEVELOPMENT), ...given };
  const result = role.safeParse(values);
  const problems = result.success ? [] : result.error.issues.map((issue) => problemLine(issue, values));
  if (production && 'API_KEYS' in role.shape && given['API_KEYS']?.includes(DEV_KEY_HASH))
    problems.push('API_KEYS: production refuses the development key "dev". Remove it.');
  if (production && 'CARD_SECRET_KEYS' in role.shape && given['CARD_SECRET_KEYS']?.includes(DEV_CARD_KEY))
    problems.push('CARD_SECRET_KEYS: production refuses the development key. Make one with: openssl rand -base64 32');
  const notify = notifySettings.safeParse(given);
  if (notify.success && 'NOTIFY_SECRETS' in role.shape) problems.push(...notifyProblems(notify.data, production));
  if (result.success && production) problems.push(...lesspayProblems(result.data));
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return result.data;
}

/**
 * Reads and checks the settings of the codec server.
 * @throws SettingsError
 */
export function readCodecSettings(env: NodeJS.ProcessEnv = process.env): z.output<typeof CODEC_SETTINGS> {
  const settings = readSettings(CODEC_SETTINGS, env);
  const problems = codecProblems(settings, env['NODE_ENV'] === 'production');
  if (settings.PAYLOAD_KEYS.all.length === 0)
    problems.push(
      `PAYLOAD_KEYS: is not set, or "${NO_PAYLOAD_KEYS}": there is nothing to decrypt. Set it as for the workers.`,
    );
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/**
 * Reads and checks the settings of the API. Where the receiver is apart, the API has no secret of Lesspay's.
 * @throws SettingsError
 */
export function readApiSettings(env: NodeJS.ProcessEnv = process.env): ApiSettings {
  if (env['WEBHOOKS_ON_API'] !== 'no') return readSettings(API_SETTINGS, env);
  return { ...readSettings(API_SETTINGS.omit({ LESSPAY_APP_SECRET: true }), env), LESSPAY_APP_SECRET: [] };
}

/**
 * Reads and checks the settings of the receiver.
 * @throws SettingsError
 */
export function readReceiverSettings(env: NodeJS.ProcessEnv = process.env): z.output<typeof RECEIVER_SETTINGS> {
  const settings = readSettings(RECEIVER_SETTINGS, env);
  if (settings.REQUEST_ID_PREFIX.length > 0 && settings.DATABASE_URL === undefined)
    throw new SettingsError([
      'DATABASE_URL: is not set. With REQUEST_ID_PREFIX only the order records show whose a webhook is; a role that may only read is enough.',
    ]);
  return settings;
}

/** What production refuses: a name or a signature that anybody on the way can read, and the sandbox's secret. */
function lesspayProblems(settings: Partial<Settings>): string[] {
  const plain = (['LESSPAY_BASE_URL', 'PUBLIC_URL'] as const).filter((name) => !isPrivate(settings[name] ?? 'https:'));
  return [
    ...plain.map((name) => `${name}: must be an https URL in production, unless it is on this machine`),
    ...(settings.LESSPAY_APP_SECRET?.includes(SANDBOX.appSecret)
      ? ["LESSPAY_APP_SECRET: production refuses the sandbox's secret. Set the one that Lesspay gave you."]
      : []),
  ];
}

/** Nobody on the way can read what is sent there. */
const isPrivate = (url: string): boolean => /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url);

/**
 * Whether a request_id begins with one of our prefixes. Another shop under the same app id has other prefixes. Without
 * `REQUEST_ID_PREFIX` every request_id is ours.
 */
export const isOurs = (
  { REQUEST_ID_PREFIX: prefixes }: Pick<Settings, 'REQUEST_ID_PREFIX'>,
  request_id: string,
): boolean => prefixes.length === 0 || prefixes.some((prefix) => request_id.startsWith(prefix));

function problemLine(issue: z.core.$ZodIssue, values: Record<string, unknown>): string {
  const name = String(issue.path[0]);
  if (name in values) return `${name}: ${issue.message}`;
  return `${name}: is not set${name === 'PAYLOAD_KEYS' ? PAYLOAD_KEYS_REMEDY : ''}`;
}

const PAYLOAD_KEYS_REMEDY = `. Make a key with "npm run keys -- payload ID", or set it to "${NO_PAYLOAD_KEYS}": then everyone who can read the Temporal namespace can read the pay-ins`;
