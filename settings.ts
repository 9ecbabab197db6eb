import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * Every setting but Temporal's own (`temporal.config.ts`), read once from the environment.
 * A setting that is absent or `""` takes its default, where it has one outside production.
 */

/** Lesspay's side of `npm start`'s sandbox. Production refuses these. */
export const SANDBOX = { url: 'http://127.0.0.1:4010', appId: 'sandbox-app', appSecret: 'sandbox-secret' } as const;

/** The API key of a development stack, `dev`, as an `API_KEYS` entry. Production refuses it. */
export const DEV_API_KEY = 'dev';
const DEV_KEY_HASH = 'ef260e9aa3c673af240d17a2660480361a8e081d1ffeca2a5ed0e3219fc18567';

const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^/?#]/.test(text) && URL.canParse(text),
    'must be an absolute http(s) URL, e.g. https://pay.example.com',
  )
  .transform((text) => text.replace(/\/+$/, ''));

const port = z.coerce.number('must be a port, 0 to 65535').int().min(0).max(65_535);

/** Never shown: it may hold a password. */
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
    .refine((parts) => parts.every((part) => part !== ''), `must be a comma-separated list of ${what}`);

const apiKeys = list('name:scope:sha256 entries').transform((entries, context) =>
  entries.flatMap((entry, index) => {
    const match = /^([A-Za-z0-9._-]+):(read|write):([0-9a-f]{64})$/.exec(entry);
    if (!match) {
      const message = `entry ${index + 1} must be name:scope:sha256, scope read or write; make one with: npm run keys -- new NAME SCOPE`;
      context.addIssue({ code: 'custom', message });
      return [];
    }
    const [, name = '', scope, sha256 = ''] = match;
    return [{ name, scope: scope === 'write' ? ('write' as const) : ('read' as const), sha256 }];
  }),
);

/** Requests a minute; 0 is no limit. */
const rateLimit = z.coerce.number().int('must be a whole number of requests a minute, 0 for no limit').min(0);

/**
 * Whose word on a caller's address counts: so many proxies before the API, or those at these addresses. Never
 * everybody's: then a caller could name an address of its choice.
 */
const trustProxy = z.string().transform((text, context): number | string[] => {
  if (/^\d$/.test(text)) return Number(text);
  const addresses = text.split(',').map((part) => part.trim());
  if (!addresses.every(isProxyAddress))
    context.addIssue({
      code: 'custom',
      message: 'must be a number of proxies (0 to 9), or comma-separated addresses or networks, e.g. 10.0.0.0/8',
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

/** What the server would refuse without the worker hearing of it: it would run, and get nothing to do. */
const deploymentName = z
  .string()
  .regex(/^(?!__)[^.:]{1,200}$/, 'must be 1-200 characters without "." and ":", and not begin with "__"');

const schema = z.object({
  LESSPAY_BASE_URL: httpUrl,
  LESSPAY_APP_ID: z.string(),
  LESSPAY_APP_SECRET: list('secrets, the signing one first'),
  LESSPAY_WEBHOOK_VERSIONS: list('webhook versions (v1, v2)').pipe(z.array(z.enum(['v1', 'v2']))),
  PUBLIC_URL: httpUrl,
  HOST: z.string(),
  PORT: port,
  API_KEYS: apiKeys,
  RATE_LIMIT_PER_KEY: rateLimit,
  RATE_LIMIT_PER_ADDRESS: rateLimit,
  TRUST_PROXY: trustProxy,
  DATABASE_URL: databaseUrl,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  SHUTDOWN_GRACE_MS: z.coerce.number().int().min(0),
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: z.string().max(200, 'must be at most 200 characters').optional(),
});

export type Settings = z.output<typeof schema>;
export type ApiKey = Settings['API_KEYS'][number];

/** What each role needs of them. */
export const WORKER_SETTINGS = schema.pick({
  LESSPAY_BASE_URL: true,
  LESSPAY_APP_ID: true,
  LESSPAY_APP_SECRET: true,
  PUBLIC_URL: true,
  DATABASE_URL: true,
  SHUTDOWN_GRACE_MS: true,
  LOG_LEVEL: true,
  TEMPORAL_DEPLOYMENT_NAME: true,
  TEMPORAL_WORKER_BUILD_ID: true,
});
export const API_SETTINGS = schema.pick({
  HOST: true,
  PORT: true,
  API_KEYS: true,
  RATE_LIMIT_PER_KEY: true,
  RATE_LIMIT_PER_ADDRESS: true,
  TRUST_PROXY: true,
  LESSPAY_APP_SECRET: true,
  LESSPAY_WEBHOOK_VERSIONS: true,
  DATABASE_URL: true,
  LOG_LEVEL: true,
});
export const ALL_SETTINGS = schema;
export type WorkerSettings = z.output<typeof WORKER_SETTINGS>;
export type ApiSettings = z.output<typeof API_SETTINGS>;

/** What holds everywhere, production too. */
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

/** What a development stack needs no thought about. */
const DEVELOPMENT = {
  LESSPAY_BASE_URL: SANDBOX.url,
  LESSPAY_APP_ID: SANDBOX.appId,
  LESSPAY_APP_SECRET: SANDBOX.appSecret,
  PUBLIC_URL: 'http://127.0.0.1:3000',
  HOST: '127.0.0.1',
  API_KEYS: `${DEV_API_KEY}:write:${DEV_KEY_HASH}`,
};

/** All that is wrong with the environment, one line a setting; never a value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly problems: readonly string[]) {
    super(`The settings are not complete:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * Reads and checks the settings of a role.
 * @param role one of the `..._SETTINGS`
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
    problems.push('API_KEYS: holds the development key "dev", which production refuses');
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return result.data;
}

function problemLine(issue: z.core.$ZodIssue, values: Record<string, unknown>): string {
  const name = String(issue.path[0]);
  return name in values ? `${name}: ${issue.message}` : `${name}: is not set`;
}
