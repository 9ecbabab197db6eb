import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Settings } from '../../settings';
import { allowOnly } from './allow-only';
import { alive } from './health';
import type { Metrics } from './metrics';
import { requestLog } from './request-log';
import { timeRequests } from './time-requests';

export interface BaseAppOptions {
  readonly settings: Pick<Settings, 'TRUST_PROXY'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Answers `/readyz`. */
  readonly ready: RequestHandler;
}

/** What the API and the receiver have in common: log, metrics and headers of each request, and the health checks. */
export function baseApp({ settings, logger, metrics, ready }: BaseAppOptions): Express {
  const app = express();
  app.disable('etag');
  app.set('query parser', false);
  app.set('trust proxy', settings.TRUST_PROXY === 0 ? false : settings.TRUST_PROXY);
  app.use(requestLog(logger));
  app.use(timeRequests(metrics));
  app.use(helmet());
  app.route('/healthz').get(alive).all(allowOnly('GET, HEAD'));
  app.route('/readyz').get(ready).all(allowOnly('GET, HEAD'));
  return app;
}
