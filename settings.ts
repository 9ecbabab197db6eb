import { isIP } from 'node:net';
import { z } from 'zod';
import type { Endpoint } from './merchant/endpoint';

/**
 * Every setting except Temporal's own (`temporal.config.ts`). The environment is read once, at the start of a program. A
 * setting that is absent or `""` takes its default. Some settings have a default only outside production.
 */

/** How the sandbox of `npm start` is reached as Lesspay. The defaults outside production; production has none. */
export const SANDBOX = { url: 'http://127.0.0.1:4010', appId: 'sandbox-app', appSecret: 'sandbox-secret' } as const;

/** The endpoint in the sandbox of `npm start` that receives notifications. Production refuses its secret. */
export const SANDBOX_MERCHANT = {
  name: 'sandbox',
  path: '/merchant/notifications',
  secret: 'whsec_c2FuZGJveC1tZXJjaGFudC1ub3RpZmljYXRpb25z',
} as const;

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

const list = (what: string) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) => parts.every((part) => part !== ''),
      `must be a comma-separated list of ${what}, without empty entries`,
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

/**
 * Entries of `name=value`. The name becomes a part of workflow ids (`notify-<request_id>-<name>`). It has no "-", so that two
 * pairs of `request_id` and name never make the same id.
 */
const named = (what: string) =>
  list(`name=${what} entries`).transform((entries, context) =>
    entries.flatMap((entry, index) => {
      const [, name, value] = /^([a-z0-9_]{1,30})=(.+)$/.exec(entry) ?? [];
      if (name !== undefined && value !== undefined) return [{ name, value }];
      context.addIssue({
        code: 'custom',
        message: `entry ${index + 1} must be name=${what}, with a name of ${NAME_RULE}`,
      });
      return [];
    }),
  );
const NAME_RULE = '1-30 characters of a-z, 0-9 and "_"';

const notifyEndpoints = named('url').transform((entries, context) => {
  const names = entries.map(({ name }) => name);
  for (const { name, value } of entries) {
    const problem =
      endpointProblem(value) ?? (names.indexOf(name) < names.lastIndexOf(name) ? 'is listed twice; list it once' : '');
    if (problem) context.addIssue({ code: 'custom', message: `the endpoint "${name}" ${problem}` });
  }
  return entries.map(({ name, value }) => ({ name, url: value }));
});

function endpointProblem(text: string): string | undefined {
  if (!/^https?:\/\/[^/?#]/.test(text) || !URL.canParse(text))
    return 'must have an absolute http(s) URL, e.g. https://shop.example/hooks';
  const { username, password, hash } = new URL(text);
  if (username || password) return 'must have a URL without a user name and password';
  return hash || text.endsWith('#') ? 'must have a URL without a fragment ("#...")' : undefined;
}

/** Secrets of 24 to 64 random bytes (Standard Webhooks, "Signature scheme"). An error never shows one. */
const notifySecrets = named('whsec_...').transform((entries, context) => {
  for (const { name, value } of entries) {
    const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    const isWhole = bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
    if (!isWhole || bytes.length < 24 || bytes.length > 64)
      context.addIssue({
        code: 'custom',
        message: `the secret of "${name}" must be "whsec_", followed by 24 to 64 random bytes in base64. Make one with: echo "whsec_$(openssl rand -base64 32)"`,
      });
  }
  return entries.map(({ name, value }) => ({ name, secret: value }));
});

/** A prefix has at most 19 characters, one fewer than a request_id. */
const requestIdPrefixes = list('prefixes of request_ids').refine(
  (prefixes) => prefixes.every((prefix) => /^[A-Za-z0-9._-]{1,19}$/.test(prefix)),
  'must be a comma-separated list of prefixes, each 1-19 characters of A-Z, a-z, 0-9, ".", "_" and "-", e.g. shop-',
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
  PUBLIC_URL: httpUrl,
  HOST: z.string(),
  PORT: wholeNumber(0, 65_535, 'a port number, 0 to 65535'),
  API_KEYS: apiKeys,
  RATE_LIMIT_PER_KEY: rateLimit,
  RATE_LIMIT_PER_ADDRESS: rateLimit,
  TRUST_PROXY: trustProxy,
  DATABASE_URL: databaseUrl,
  NOTIFY_ENDPOINTS: notifyEndpoints.default([]),
  NOTIFY_SECRETS: notifySecrets.default([]),
  NOTIFY_PRIVATE: list('names of NOTIFY_ENDPOINTS').default([]),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
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
  PUBLIC_URL: true,
  DATABASE_URL: true,
  NOTIFY_ENDPOINTS: true,
  NOTIFY_SECRETS: true,
  NOTIFY_PRIVATE: true,
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
  DATABASE_URL: true,
  LOG_LEVEL: true,
});
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
  LOG_LEVEL: 'info',
  SHUTDOWN_GRACE_MS: '40000',
  TEMPORAL_DEPLOYMENT_NAME: 'lesspay-payins',
};

/** Further defaults outside production. */
const DEVELOPMENT = {
  LESSPAY_BASE_URL: SANDBOX.url,
  LESSPAY_APP_ID: SANDBOX.appId,
  LESSPAY_APP_SECRET: SANDBOX.appSecret,
  PUBLIC_URL: 'http://127.0.0.1:3000',
  HOST: '127.0.0.1',
  API_KEYS: `${DEV_API_KEY}:write:${DEV_KEY_HASH}`,
};

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
  const notify = NOTIFY_SETTINGS.safeParse(given);
  if (notify.success && 'NOTIFY_SECRETS' in role.shape) problems.push(...notifyProblems(notify.data, production));
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return result.data;
}

const NOTIFY_SETTINGS = schema.pick({ NOTIFY_ENDPOINTS: true, NOTIFY_SECRETS: true, NOTIFY_PRIVATE: true });

/** Where the three settings contradict each other, or what production requires. */
function notifyProblems(settings: z.output<typeof NOTIFY_SETTINGS>, production: boolean): string[] {
  const { NOTIFY_ENDPOINTS: endpoints, NOTIFY_SECRETS: secrets, NOTIFY_PRIVATE: allowed } = settings;
  const isUnknown = (name: string) => !endpoints.some((endpoint) => endpoint.name === name);
  const unknownOf = (names: readonly string[]) => [...new Set(names.filter(isUnknown))].join(', ');
  const unsigned = endpoints.filter(({ name }) => !secrets.some((secret) => secret.name === name));
  const plain = production ? endpoints.filter(({ url }) => !url.startsWith('https:')) : [];
  const ofSandbox = production && secrets.some(({ secret }) => secret === SANDBOX_MERCHANT.secret);
  const lines: readonly (readonly [boolean, string])[] = [
    [
      unsigned.length > 0,
      `NOTIFY_SECRETS: has no secret for ${unsigned.map(({ name }) => name).join(', ')}. Add a name=whsec_... entry for each.`,
    ],
    [
      unknownOf(secrets.map(({ name }) => name)) !== '',
      'NOTIFY_SECRETS: has secrets for names that are not in NOTIFY_ENDPOINTS. Add the endpoints, or remove the secrets.',
    ],
    [
      unknownOf(allowed) !== '',
      'NOTIFY_PRIVATE: has names that are not in NOTIFY_ENDPOINTS. Add the endpoints, or remove the names.',
    ],
    [
      plain.length > 0,
      `NOTIFY_ENDPOINTS: ${plain.map(({ name }) => name).join(', ')} must have https URLs in production`,
    ],
    [ofSandbox, "NOTIFY_SECRETS: production refuses the sandbox's secret. Replace it."],
  ];
  return lines.flatMap(([isSo, line]) => (isSo ? [line] : []));
}

/** Each endpoint with its URL, its secrets and whether its address may be private. */
export const merchantEndpoints = (settings: z.output<typeof NOTIFY_SETTINGS>): Endpoint[] =>
  settings.NOTIFY_ENDPOINTS.map(({ name, url }) => ({
    name,
    url,
    secrets: settings.NOTIFY_SECRETS.flatMap((entry) => (entry.name === name ? [entry.secret] : [])),
    allowPrivate: settings.NOTIFY_PRIVATE.includes(name),
  }));

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
  return name in values ? `${name}: ${issue.message}` : `${name}: is not set`;
}
