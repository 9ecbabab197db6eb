import { isIP } from 'node:net';
import { z } from 'zod';
import { MINOR_UNIT_METHODS } from './lesspay/methods';
import { cardSecretKeys, DEV_CARD_KEY } from './settings/card-secret-keys';
import { codecProblems, codecServerSettings } from './settings/codec-server';
import { list } from './settings/list';
import { notifyProblems, notifySettings } from './settings/notify';
import { NO_PAYLOAD_KEYS, payloadKeys } from './settings/payload-keys';
import { receiverSettings } from './settings/receiver';

export { codecProblems } from './settings/codec-server';
export { merchantEndpoints, SANDBOX_MERCHANT } from './settings/notify';

/**
 * Every setting except Temporal's own (`temporal.config.ts`). The environment is read once, at the start of a program. A
 * setting that is absent or `""` takes its default. Some settings have a default only outside production.
 */

/** How the sandbox of `npm start` is reached as Lesspay. The defaults outside production; production has none. */
export const SANDBOX = { url: 'http://127.0.0.1:4010', appId: 'sandbox-app', appSecret: 'sandbox-secret' } as const;

/** The API key of a development stack. Production refuses it. */
export const DEV_API_KEY = 'dev';
/** Its SHA-256, as an entry of `API_KEYS` states it. */
const DEV_KEY_HASH = 'ef260e9aa3c673af240d17a2660480361a8e081d1ffeca2a5ed0e3219fc18567';

const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^/?#]/.test(text) && URL.canParse(text),
    'must be an absolute http(s) URL, e.g. https://pay.example.com',
  )
  .transform((text) => text.replace(/\/+$/, ''));

const wholeNumber = (from: number, to: number, what: string) => {
  const rule = `must be ${what}`;
  return z.coerce.number(rule).int(rule).min(from, rule).max(to, rule);
};

/** An error never shows its value: the URL may hold a password. */
const databaseUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:/.test(text) && URL.canParse(text),
    'must be a PostgreSQL URL, e.g. postgres://user:password@localhost:5432/payins',
  );

const apiKeys = list('name:scope:sha256 entries').transform((entries, context) =>
  entries.flatMap((entry, index) => {
    const match = /^([A-Za-z0-9._-]+):(read|write):([0-9a-f]{64})$/.exec(entry);
    if (!match) {
      const message = `entry ${index + 1} must be name:scope:sha256, with the scope read or write. Make a key with: npm run keys -- new NAME SCOPE`;
      context.addIssue({ code: 'custom', message });
      return [];
    }
    const [, name = '', scope, sha256 = ''] = match;
    return [{ name, scope: scope === 'write' ? ('write' as const) : ('read' as const), sha256 }];
  }),
);

/** Requests per minute; 0 means no limit. */
const rateLimit = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of requests per minute, or 0 for no limit');

/**
 * The proxies whose `X-Forwarded-For` is believed: how many stand before the API, or their addresses and networks. To
 * believe every sender is refused: then a caller could state any address as its own.
 */
const trustProxy = z.string().transform((text, context): number | string[] => {
  if (/^\d$/.test(text)) return Number(text);
  const addresses = text.split(',').map((part) => part.trim());
  if (!addresses.every(isProxyAddress))
    context.addIssue({
      code: 'custom',
      message:
        'must be a number of proxies (0 to 9), or a comma-separated list of their addresses and networks, e.g. 10.0.0.0/8',
    });
  return addresses;
});

function isProxyAddress(text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true;
  const [address = '', length, ...more] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= bits);
  return bits > 0 && isLength && more.length === 0;
}

/** A prefix has at most 19 characters, one fewer than a request_id. */
const requestIdPrefixes = list('prefixes of request_ids').refine(
  (prefixes) => prefixes.every((prefix) => /^[A-Za-z0-9._-]{1,19}$/.test(prefix)),
  'must be a comma-separated list of prefixes, each 1-19 characters of A-Z, a-z, 0-9, ".", "_" and "-", e.g. shop-',
);

/** Methods of which Lesspay has confirmed that it takes their amounts in minor units. */
const minorUnitMethods = list('methods').pipe(
  z.array(z.enum(MINOR_UNIT_METHODS, `must be a comma-separated list of methods: ${MINOR_UNIT_METHODS.join(', ')}`)),
);

/** Checked here, since Temporal refuses a bad name without telling the worker, which would run and get no tasks. */
const deploymentName = z
  .string()
  .regex(/^(?!__)[^.:]{1,200}$/, 'must be 1-200 characters without "." and ":", and must not begin with "__"');

const WEBHOOK_VERSIONS = 'webhook versions: v1, v2 or both';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const schema = z.object({
  LESSPAY_BASE_URL: httpUrl,
  LESSPAY_APP_ID: z.string(),
  LESSPAY_APP_SECRET: list('secrets (the first one signs)'),
  LESSPAY_WEBHOOK_VERSIONS: list(WEBHOOK_VERSIONS).pipe(
    z.array(z.enum(['v1', 'v2'], `must be a comma-separated list of ${WEBHOOK_VERSIONS}`)),
  ),
  REQUEST_ID_PREFIX: requestIdPrefixes.default([]),
  LESSPAY_MINOR_UNIT_METHODS: minorUnitMethods.default([]),
  CARD_SECRET_KEYS: cardSecretKeys.default([]),
  PUBLIC_URL: httpUrl,
  HOST: z.string(),
  PORT: wholeNumber(0, 65_535, 'a port number, 0 to 65535'),
  API_KEYS: apiKeys,
  RATE_LIMIT_PER_KEY: rateLimit,
  RATE_LIMIT_PER_ADDRESS: rateLimit,
  TRUST_PROXY: trustProxy,
  DATABASE_URL: databaseUrl,
  ...notifySettings.shape,
  PAYLOAD_KEYS: payloadKeys,
  ...codecServerSettings.shape,
  ...receiverSettings.shape,
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 'a whole number of connections, 1 to 1000000'),
  OVERLOAD_DELAY_MS: wholeNumber(0, 60_000, 'a whole number of milliseconds, 0 to 60000'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
  WORKER_METRICS_PORT: wholeNumber(1, 65_535, 'a port number, 1 to 65535').optional(),
  WORKER_METRICS_HOST: z.string(),
  WORKER_METRICS_SAMPLE_S: wholeNumber(0, 86_400, 'a whole number of seconds, 0 to 86400'),
  ACTIVITIES_PER_SECOND: wholeNumber(1, 1_000_000, 'a whole number of activities, 1 to 1000000').optional(),
  SHUTDOWN_GRACE_MS: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of milliseconds'),
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: z.string().max(200, 'must be at most 200 characters').optional(),
});

export type Settings = z.output<typeof schema>;
export type ApiKey = Settings['API_KEYS'][number];

/** The settings of the worker's program. */
export const WORKER_SETTINGS = schema.pick({
  LESSPAY_BASE_URL: true,
  LESSPAY_APP_ID: true,
  LESSPAY_APP_SECRET: true,
  REQUEST_ID_PREFIX: true,
  LESSPAY_MINOR_UNIT_METHODS: true,
  CARD_SECRET_KEYS: true,
  PUBLIC_URL: true,
  DATABASE_URL: true,
  NOTIFY_ENDPOINTS: true,
  NOTIFY_SECRETS: true,
  NOTIFY_PRIVATE: true,
  PAYLOAD_KEYS: true,
  WORKER_METRICS_PORT: true,
  WORKER_METRICS_HOST: true,
  WORKER_METRICS_SAMPLE_S: true,
  ACTIVITIES_PER_SECOND: true,
  SHUTDOWN_GRACE_MS: true,
  LOG_LEVEL: true,
  TEMPORAL_DEPLOYMENT_NAME: true,
  TEMPORAL_WORKER_BUILD_ID: true,
});
/** The settings of the API's program. */
export const API_SETTINGS = schema.pick({
  HOST: true,
  PORT: true,
  API_KEYS: true,
  RATE_LIMIT_PER_KEY: true,
  RATE_LIMIT_PER_ADDRESS: true,
  TRUST_PROXY: true,
  LESSPAY_APP_SECRET: true,
  LESSPAY_WEBHOOK_VERSIONS: true,
  REQUEST_ID_PREFIX: true,
  LESSPAY_MINOR_UNIT_METHODS: true,
  CARD_SECRET_KEYS: true,
  DATABASE_URL: true,
  PAYLOAD_KEYS: true,
  WEBHOOKS_ON_API: true,
  WEBHOOK_ADDRESSES: true,
  MAX_CONNECTIONS: true,
  OVERLOAD_DELAY_MS: true,
  LOG_LEVEL: true,
});
const RECEIVER_SETTINGS = schema
  .pick({
    LESSPAY_APP_SECRET: true,
    LESSPAY_WEBHOOK_VERSIONS: true,
    REQUEST_ID_PREFIX: true,
    TRUST_PROXY: true,
    PAYLOAD_KEYS: true,
    WEBHOOK_ADDRESSES: true,
    RECEIVER_HOST: true,
    RECEIVER_PORT: true,
    RECEIVER_METRICS_HOST: true,
    RECEIVER_METRICS_PORT: true,
    MAX_CONNECTIONS: true,
    OVERLOAD_DELAY_MS: true,
    LOG_LEVEL: true,
  })
  .extend({ DATABASE_URL: databaseUrl.optional() });
/** The settings of the codec server's program. */
const CODEC_SETTINGS = schema.pick({
  PAYLOAD_KEYS: true,
  CODEC_HOST: true,
  CODEC_PORT: true,
  CODEC_KEYS: true,
  CODEC_UI_ORIGIN: true,
  LOG_LEVEL: true,
});
/** The settings of every program that reads or writes what Temporal stores. */
export const PAYLOAD_SETTINGS = schema.pick({ PAYLOAD_KEYS: true });
/** Which people may use the codec server. */
export const CODEC_KEY_SETTINGS = schema.pick({ CODEC_KEYS: true });
/** The settings of a command that must know which endpoints exist. */
export const ENDPOINT_SETTINGS = schema.pick({ NOTIFY_ENDPOINTS: true });
export const ALL_SETTINGS = schema;
export type WorkerSettings = z.output<typeof WORKER_SETTINGS>;
export type ApiSettings = z.output<typeof API_SETTINGS>;

/** Defaults everywhere, also in production. */
const ALWAYS = {
  LESSPAY_WEBHOOK_VERSIONS: 'v1,v2',
  HOST: '0.0.0.0',
  PORT: '3000',
  RATE_LIMIT_PER_KEY: '12000',
  RATE_LIMIT_PER_ADDRESS: '12000',
  TRUST_PROXY: '0',
  MAX_CONNECTIONS: '5000',
  OVERLOAD_DELAY_MS: '500',
  LOG_LEVEL: 'info',
  WORKER_METRICS_HOST: '127.0.0.1',
  WORKER_METRICS_SAMPLE_S: '30',
  SHUTDOWN_GRACE_MS: '40000',
  TEMPORAL_DEPLOYMENT_NAME: 'lesspay-payins',
};

/** Further defaults outside production. */
const DEVELOPMENT = {
  LESSPAY_BASE_URL: SANDBOX.url,
  LESSPAY_APP_ID: SANDBOX.appId,
  LESSPAY_APP_SECRET: SANDBOX.appSecret,
  LESSPAY_MINOR_UNIT_METHODS: MINOR_UNIT_METHODS.join(','),
  CARD_SECRET_KEYS: DEV_CARD_KEY,
  PUBLIC_URL: 'http://127.0.0.1:3000',
  HOST: '127.0.0.1',
  API_KEYS: `${DEV_API_KEY}:write:${DEV_KEY_HASH}`,
  PAYLOAD_KEYS: NO_PAYLOAD_KEYS,
};

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
      `Some settings are missing or wrong. README.md, "Settings", explains each one.\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
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
