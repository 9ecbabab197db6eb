import type { RequestHandler } from 'express';

/** The headers that the Temporal UI sends. */
const HEADERS = 'authorization, content-type, x-namespace';
const PREFLIGHT_SECONDS = 600;

/**
 * Lets the pages of these origins, and no others, read the answers, with the cookie of a person who has signed in. Answers the
 * browser's question beforehand (OPTIONS). Source: Fetch Standard, "CORS protocol".
 */
export const allowPagesOf = (origins: readonly string[]): RequestHandler => {
  return (req, res, next) => {
    const origin = req.get('origin');
    res.vary('Origin');
    if (origin !== undefined && origins.includes(origin))
      res.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': HEADERS,
        'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      });
    if (req.method !== 'OPTIONS') return next();
    res.status(204).end();
  };
};
