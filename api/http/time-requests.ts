import type { RequestHandler } from 'express';
import type { Metrics } from './metrics';

/** Times every request by route, method and status; one whose caller hung up before the answer has status `aborted`. */
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

/** As Express matches: in any case, with a slash at the end or without. */
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

/** One of a few, never the path as it was sent, which anyone may make up. */
function routeOf(path: string): string {
  return ROUTES.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';
}
