import { createHash } from 'node:crypto';
import { canonical } from './canonical';
import { parseJsonObject, type JsonMember, type JsonObject } from './json';
import type { WebhookVersion } from './errors';

/**
 * The signature of a request to Lesspay: upper-case hex SHA-256 of the body's canonical form and the app secret.
 * @param bodyText the exact JSON text that is sent
 * @throws JsonError when the text is not a JSON object, or is nested too deep
 */
export const requestSignature = (bodyText: string, secret: string): string =>
  sign(parseJsonObject(bodyText).members, secret);

/**
 * The signature of a webhook from Lesspay, by the v1 or v2 rule as the body's own `api_version` says.
 * @param bodyText the exact JSON text that was received
 * @throws JsonError when the text is not a JSON object, or is nested too deep
 */
export const webhookSignature = (bodyText: string, secret: string): string =>
  sign(signedMembers(parseJsonObject(bodyText)), secret);

/** v1 when `api_version` is missing, blank or `v1` in any case; else v2 (docs/lesspay.md, "Which members of a webhook are signed"). */
export function webhookVersion(body: JsonObject): WebhookVersion {
  const version = body.get('api_version') ?? null;
  return version === null || (typeof version === 'string' && /^(\s*|v1)$/i.test(version)) ? 'v1' : 'v2';
}

const NOT_SIGNED_BY_V1: ReadonlySet<string> = new Set([
  'api_version',
  'order_status_int',
  'channel_biz_data',
  'event',
  'event_data',
]);

/** What a webhook's signature covers: all that may be read of it. The v1 rule also takes `null` members away. */
export function signedMembers(body: JsonObject): readonly JsonMember[] {
  if (webhookVersion(body) === 'v2') return body.members;
  return [...new Map(body.members)].filter(([name, value]) => !NOT_SIGNED_BY_V1.has(name) && value !== null);
}

/** Signs members already read; the exported functions read them from the raw text. */
export function sign(members: readonly JsonMember[], secret: string): string {
  // Java signs a body with no members without the leading "&" it leaves where all were dropped.
  const text = members.length === 0 ? `key=${secret}` : `${canonical(members)}&key=${secret}`;
  // Java encodes a lone surrogate as "?", Node as U+FFFD.
  return createHash('sha256')
    .update(text.replace(/\p{Surrogate}/gu, '?'), 'utf8')
    .digest('hex')
    .toUpperCase();
}
