import { isIP } from 'node:net';
import { z } from 'zod';
import { MINOR_UNIT_METHODS } from '../lesspay/methods';
import { cardSecretKeys } from './card-secret-keys';
import { codecServerSettings } from './codec-server';
import { list } from './list';
import { notifySettings } from './notify';
import { payloadKeys } from './payload-keys';
import { receiverSettings } from './receiver';

/** How each setting is read and checked. */

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
export const databaseUrl = z
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

const SHARE = 'must be a share of the pay-ins, 0 to 1, e.g. 0.1';
const share = z.coerce.number(SHARE).min(0, SHARE).max(1, SHARE);

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

export const schema = z.object({
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
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_TRACES_SAMPLER_ARG: share,
  ACTIVITIES_PER_SECOND: wholeNumber(1, 1_000_000, 'a whole number of activities, 1 to 1000000').optional(),
  QUICK_QUERIES_PER_SECOND: wholeNumber(0, 1_000_000, 'a whole number of queries, 0 to 1000000').optional(),
  SHUTDOWN_GRACE_MS: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of milliseconds'),
  TEMPORAL_DEPLOYMENT_NAME: deploymentName,
  TEMPORAL_WORKER_BUILD_ID: z.string().max(200, 'must be at most 200 characters').optional(),
});
