import { z } from 'zod';
import type { Endpoint } from '../merchant/endpoint';
import { list } from './list';

/** The endpoint in the sandbox of `npm start` that receives notifications. Production refuses its secret. */
export const SANDBOX_MERCHANT = {
  name: 'sandbox',
  path: '/merchant/notifications',
  secret: 'whsec_c2FuZGJveC1tZXJjaGFudC1ub3RpZmljYXRpb25z',
} as const;

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
    // With its padding: receivers in Go and Rust refuse a secret without.
    const isWhole = bytes.toString('base64') === base64;
    if (!isWhole || bytes.length < 24 || bytes.length > 64)
      context.addIssue({
        code: 'custom',
        message: `the secret of "${name}" must be "whsec_", followed by 24 to 64 random bytes in base64 with its padding ("=" or "==" at the end, where it belongs). Make one with: echo "whsec_$(openssl rand -base64 32)"`,
      });
  }
  return entries.map(({ name, value }) => ({ name, secret: value }));
});

/** Where notifications go, and how they are signed. */
export const notifySettings = z.object({
  NOTIFY_ENDPOINTS: notifyEndpoints.default([]),
  NOTIFY_SECRETS: notifySecrets.default([]),
  NOTIFY_PRIVATE: list('names of NOTIFY_ENDPOINTS').default([]),
});
export type NotifySettings = z.output<typeof notifySettings>;

/** Where the three settings contradict each other, or what production requires. */
export function notifyProblems(settings: NotifySettings, production: boolean): string[] {
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
export const merchantEndpoints = (settings: NotifySettings): Endpoint[] =>
  settings.NOTIFY_ENDPOINTS.map(({ name, url }) => ({
    name,
    url,
    secrets: settings.NOTIFY_SECRETS.flatMap((entry) => (entry.name === name ? [entry.secret] : [])),
    allowPrivate: settings.NOTIFY_PRIVATE.includes(name),
  }));
