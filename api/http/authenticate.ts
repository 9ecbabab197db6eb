import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { ApiKey } from '../../settings';
import { Problem } from './problems';

const recognised = new WeakMap<Request, ApiKey>();

/** Notes the key that a request bears, where it is a right one. Refuses nobody. */
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
 * Lets a request pass whose `Authorization: Bearer KEY` was recognised and may do `scope`; 401 or 403 otherwise. A key
 * that may write may read too. Source: RFC 6750.
 */
export function authenticate(scope: ApiKey['scope']): RequestHandler {
  return (req, _res, next) => {
    const key = recognised.get(req);
    if (!key) throw unauthenticated(presentedIn(req) !== undefined);
    if (scope === 'write' && key.scope === 'read') throw forbidden(scope);
    next();
  };
}

const presentedIn = (req: Request): string | undefined =>
  /^Bearer +([^\s,]+) *$/i.exec(req.get('authorization') ?? '')?.[1];

/** Compares with every entry, in the same time whichever matches. */
function findKey(keys: readonly ApiKey[], presented: string | undefined): ApiKey | undefined {
  if (presented === undefined) return undefined;
  const digest = createHash('sha256').update(presented).digest();
  return keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), digest))[0];
}

const CHALLENGE = 'Bearer realm="lesspay-payins"';

function unauthenticated(presented: boolean): Problem {
  const detail = presented
    ? 'The API key is not known here. Make one with: npm run keys -- new NAME SCOPE'
    : 'Send an API key in the header: Authorization: Bearer KEY';
  const challenge = presented ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE;
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': challenge } });
}

function forbidden(scope: ApiKey['scope']): Problem {
  return new Problem('forbidden', `This needs a key of scope "${scope}". Use another key.`, {
    headers: { 'WWW-Authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` },
  });
}
