import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { requestSignature } from '../lesspay/signature';
import { refuse, type Answer } from './envelope';
import type { Settings } from './settings';

export interface Credentials {
  readonly appId: string;
  readonly settings: Settings;
}

/** The body of a call, or the answer that refuses the call. */
export type SignedRequest = { readonly body: object } | { readonly refusal: Answer };

/**
 * Checks app id, timestamp and the signature of the raw text (docs/lesspay.md, "Signing"), and parses the body.
 */
export function readSignedRequest(request: Request, { appId, settings }: Credentials): SignedRequest {
  // Of the documented codes 5004, "credentials lack permission", fits best.
  if (request.get('x-auth-appid') !== appId) return { refusal: refuse(5004, 'unknown x-auth-appid', 401) };
  if (!/^\d{13}$/.test(request.get('x-auth-timestamp') ?? ''))
    return { refusal: refuse(11, 'X-Auth-Timestamp must be 13-digit milliseconds', 400) };
  const text = decode(request.body);
  const body = text === undefined ? undefined : parseObject(text);
  if (text === undefined || body === undefined) return { refusal: refuse(11, 'the body must be a JSON object', 400) };
  const given = request.get('x-auth-signature') ?? '';
  if (!settings.appSecrets.some((secret) => equal(given, sign(text, secret))))
    return { refusal: refuse(5004, 'wrong x-auth-signature', 401) };
  return { body };
}

function decode(body: unknown): string | undefined {
  if (!Buffer.isBuffer(body)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` for a text that `JSON.parse` accepts and `requestSignature` does not, e.g. one nested too deeply. */
function sign(text: string, secret: string): string | undefined {
  try {
    return requestSignature(text, secret);
  } catch {
    return undefined;
  }
}

function equal(given: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
