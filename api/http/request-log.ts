import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp, type Options } from 'pino-http';

const VALID_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const PROBES = ['/healthz', '/readyz', '/metrics'];

/**
 * Writes one JSON line for each answer: the request's id, method, path and address, the status, and the members of
 * `res.locals`; `res.locals.message` is the line's message. It never writes a header, query or body, so the log holds no key,
 * signature or payer's data.
 */
export function requestLog(logger: Logger): RequestHandler {
  const options: Options<Request, Response> = {
    logger,
    genReqId,
    quietReqLogger: true,
    serializers: {
      req: ({ raw }: { raw: Request }) => ({
        method: raw.method,
        path: pathOf(raw),
        address: raw.ip,
      }),
      res: ({ raw }: { raw: Response }) => ({ status: raw.statusCode }),
    },
    customProps: (_req, { locals: { message: _message, ...props } }) => props,
    customLogLevel: (req, res) => {
      if (res.statusCode >= 500) return 'error';
      if (res.statusCode >= 400) return 'warn';
      return PROBES.includes(pathOf(req)) ? 'silent' : 'info';
    },
    customSuccessMessage: (_req, res) =>
      res.writableFinished ? messageOf(res) : 'the caller closed the connection before the answer',
    customErrorMessage: () => 'failed',
  };
  return pinoHttp(options);
}

/** The request's id in the log: the caller's own `X-Request-Id` where it is valid, a new one otherwise. */
export const requestIdOf = (req: Request): string => (typeof req.id === 'string' ? req.id : '');

function messageOf({ locals }: Response): string {
  const message: unknown = locals['message'];
  return typeof message === 'string' ? message : 'answered';
}

function genReqId(req: Request, res: Response): string {
  const given = req.get('x-request-id') ?? '';
  const id = VALID_REQUEST_ID.test(given) ? given : randomUUID();
  res.set('X-Request-Id', id);
  return id;
}

/** The path without the query, which may hold secrets; a long path is cut. */
const pathOf = (req: Request): string => req.originalUrl.replace(/[?#].*$/s, '').slice(0, 200);
