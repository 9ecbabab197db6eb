import type { RequestHandler } from 'express';
import type { Metrics } from './metrics';

/** Measures every request by route, method and status. The status is `aborted` where the caller closed the connection early. */
export function timeRequests({ requests }: Metrics): RequestHandler {
  return (req, res, next) => {
    const route = routeOf(req.path);
    const stop = requests.startTimer();
    res.once('close', () =>
      stop({
        route,
        method: METHODS.includes(req.method) ? req.method : 'other',
        status: res.writableFinished ? res.statusCode : 'aborted',
      }),
    );
    next();
  };
}

const METHODS = ['GET', 'HEAD', 'POST'];

/** As Express matches: upper or lower case, with or without a slash at the end. */
const ROUTES: readonly [route: string, path: RegExp][] = [
  ['/webhooks/lesspay', /^\/webhooks\/lesspay\/?$/i],
  ['/payins', /^\/payins\/?$/i],
  ['/payins/:request_id', /^\/payins\/[^/]+\/?$/i],
  ['/payins/:request_id/events', /^\/payins\/[^/]+\/events\/?$/i],
  ['/healthz', /^\/healthz\/?$/i],
  ['/readyz', /^\/readyz\/?$/i],
  ['/metrics', /^\/metrics\/?$/i],
  ['/openapi.json', /^\/openapi\.json\/?$/i],
  ['/docs', /^\/docs(\/[^/]*)?$/i],
];

/** One of the routes above, or `other`: never the path as sent, since callers could then create any number of labels. */
function routeOf(path: string): string {
  return ROUTES.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}
