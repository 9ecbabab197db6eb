import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import express, { type Request, type RequestHandler } from 'express';
import type { Settings } from '../../settings';
import { findKey, presentedIn } from '../http/authenticate';
import { Problem } from '../http/problems';

const SIGNED_IN_MS = 12 * 3_600_000;
const COOKIE = 'codec';
const SESSION = /(?:^|; ?)codec=(\d+)\.([0-9a-f]{64})\.([A-Za-z0-9._-]+)(?:;|$)/;

/**
 * Who may use the codec server: the CLI sends a key of `CODEC_KEYS` in `Authorization: Bearer KEY`. A browser can't, so a person
 * types the key into a page of the codec server, which sets a cookie for 12 hours. Without `CODEC_KEYS` everyone may.
 */
export function signIn({ CODEC_KEYS: keys, CODEC_UI_ORIGIN: origins }: SignInSettings, now: () => number) {
  // Of this process: after a restart everyone signs in again, and a key that was removed is worth nothing.
  const secret = randomBytes(32);
  const secure = origins.some((origin) => origin.startsWith('https:'));
  const sealOf = (until: string, name: string) => createHmac('sha256', secret).update(`${until} ${name}`).digest();
  /** The name of the key with which a person has signed in. */
  const signedIn = (req: Request): string | undefined => {
    const [, until = '', seal, name = ''] = SESSION.exec(req.get('cookie') ?? '') ?? [];
    const isOurs = seal !== undefined && timingSafeEqual(Buffer.from(seal, 'hex'), sealOf(until, name));
    return isOurs && Number(until) > now() ? name : undefined;
  };

  const required: RequestHandler = (req, res, next) => {
    const name = findKey(keys, presentedIn(req))?.name ?? signedIn(req);
    res.locals['key'] = name;
    if (keys.length === 0 || name !== undefined) return next();
    throw new Problem('unauthenticated', HOW, { headers: { 'WWW-Authenticate': 'Bearer realm="codec"' } });
  };
  const page: RequestHandler = (req, res) => {
    if (keys.length === 0) return void res.type('html').send(html('This codec server asks for no key.'));
    const name = signedIn(req);
    res.type('html').send(html(name === undefined ? FORM : `You are signed in with the key of ${name}.`));
  };
  const form: RequestHandler[] = [
    express.urlencoded({ extended: false, limit: 1_024 }),
    (req, res) => {
      const body: unknown = req.body;
      const typed = typeof body === 'object' && body !== null && 'key' in body ? String(body.key) : undefined;
      const key = findKey(keys, typed);
      if (!key)
        return void res
          .status(401)
          .type('html')
          .send(html(`<p>This key is unknown.</p>${FORM}`));
      res.locals['key'] = key.name;
      const until = String(now() + SIGNED_IN_MS);
      const value = `${until}.${sealOf(until, key.name).toString('hex')}.${key.name}`;
      res.cookie(COOKIE, value, { httpOnly: true, sameSite: 'strict', secure, maxAge: SIGNED_IN_MS });
      res.redirect(303, '/');
    },
  ];
  return { page, form, required };
}

type SignInSettings = Pick<Settings, 'CODEC_KEYS' | 'CODEC_UI_ORIGIN'>;

const HOW =
  'The CLI sends a key of CODEC_KEYS: --codec-auth "Bearer KEY". For the Temporal UI, open the codec server in the same browser, sign in, and let the UI include cross-origin credentials.';

const FORM = `<form method="post"><label>Key <input name="key" type="password" autocomplete="off" required></label> <button>Sign in</button></form>`;

const html = (content: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Codec server</title><h1>Codec server</h1>${content}`;
