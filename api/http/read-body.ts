import express, { type Request, type RequestHandler } from 'express';
import { Problem } from './problems';

const BODY_LIMIT_BYTES = 64 * 1024;

/** Refuses a wrong content type or a content encoding (415), then reads the body, at most 64 KiB (413). */
export const readBody: readonly RequestHandler[] = [
  (req, _res, next) => {
    if (!/^application\/json[ \t]*(;|$)/i.test(req.get('content-type') ?? ''))
      throw new Problem('unsupported_media_type', 'Send the header: Content-Type: application/json');
    if (req.get('content-encoding') !== undefined)
      throw new Problem('unsupported_media_type', 'Send the body without a content encoding (such as gzip).');
    next();
  },
  express.raw({ type: () => true, inflate: false, limit: BODY_LIMIT_BYTES }),
];

/** The bytes that `readBody` read; empty where there was no body. */
export function bodyOf(req: Request): Uint8Array {
  const body: unknown = req.body;
  return body instanceof Uint8Array ? body : new Uint8Array();
}

/**
 * The body as JSON.
 * @throws Problem bad_request
 */
export function jsonOf(req: Request): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bodyOf(req)));
  } catch (cause) {
    throw new Problem('bad_request', 'The body is not JSON in UTF-8. Send a JSON object.', { cause });
  }
}
