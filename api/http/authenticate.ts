import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { ApiKey } from '../../settings';
import { Problem } from './problems';

const recognised = new WeakMap<Request, ApiKey>();

/** Remembers the API key of a request, where it is a valid one. Refuses no request. */
export function recognise(keys: readonly ApiKey[]): RequestHandler {
  return (req, res, next) => {
    const key = findKey(keys, presentedIn(req));
    if (key) {
      recognised.set(req, key);
      res.locals['key'] = key.name;
    }
    next();
  };
}

/**
 * Lets a request pass if `recognise` found its key valid and the key has the scope. Otherwise 401 or 403. A key of scope
 * `write` may also read. Source: RFC 6750.
 */
export function authenticate(scope: ApiKey['scope']): RequestHandler {
  return (req, _res, next) => {
    const key = recognised.get(req);
    if (!key) throw unauthenticated(presentedIn(req) !== undefined);
    if (scope === 'write' && key.scope === 'read') throw forbidden(scope);
    next();
  };
}

/** The key in the header `Authorization`. */
export const presentedIn = (req: Request): string | undefined =>
  /^Bearer +([^\s,]+) *$/i.exec(req.get('authorization') ?? '')?.[1];

/** Compares with every entry, so that the time does not show which one matches. */
export function findKey<Key extends { readonly sha256: string }>(
  keys: readonly Key[],
  presented: string | undefined,
): Key | undefined {
  if (presented === undefined) return undefined;
  const digest = createHash('sha256').update(presented).digest();
  return keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest))[0];
}

const CHALLENGE = 'Bearer realm="lesspay-payins"';

function unauthenticated(hasKey: boolean): Problem {
  const detail = hasKey
    ? 'The API key is unknown. Check it, or have an operator make a new one: npm run keys -- new NAME SCOPE'
    : 'Send an API key in the header: Authorization: Bearer KEY';
  const challenge = hasKey ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE;
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': challenge } });
}

function forbidden(scope: ApiKey['scope']): Problem {
  return new Problem('forbidden', `This request needs an API key of scope "${scope}". Use such a key.`, {
    headers: { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` },
  });
}
