import type { Request, Response } from 'express';
import type { OpenSpan, Traces } from '../../traces/traces';
import { problemOf } from './problems';

export interface Traced {
  readonly req: Request;
  readonly res: Response;
  readonly route: string;
  /** The pay-in that the request is about; undefined where it names none. */
  readonly request_id: string | undefined;
}

/** Runs the rest of a handler, from where it is known what the request is about, in a span of that pay-in's trace. */
export const traceRequest = (
  traces: Traces,
  { req, res, route, request_id }: Traced,
  work: (span: OpenSpan) => Promise<void>,
): Promise<void> =>
  traces.span(
    `${req.method} ${route}`,
    {
      payin: request_id,
      kind: 'server',
      caller: req.get('traceparent'),
      attributes: { 'http.request.method': req.method, 'http.route': route },
    },
    async (span) => {
      try {
        await work(span);
        span.set({ 'http.response.status_code': res.statusCode });
      } catch (error) {
        span.set({ 'http.response.status_code': problemOf(error).status });
        throw error;
      }
    },
  );
