import type { Client } from '@temporalio/client';
import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Records } from '../records/payin-records';
import { isOurs, type Settings } from '../settings';
import { NO_TRACES, type Traces } from '../traces/traces';
import { allowOnly } from './http/allow-only';
import { baseApp } from './http/base-app';
import { docsRoutes } from './openapi/docs-page';
import { createGate, type GateSettings } from './http/gate';
import { ready } from './http/health';
import { createMetrics, showMetrics } from './http/metrics';
import { payinRoutes, type PayinSettings } from './payins/payins';
import { type Delay, shedLoad, WEBHOOKS_LATER } from './http/overload';
import { answerProblem, Problem } from './http/problems';
import type { AddressSettings } from './webhook/allow-addresses';
import type { WebhookSettings } from './webhook/receive-webhook';
import { addWebhookRoute } from './webhook/webhook-routes';

export interface AppOptions {
  readonly client: Client;
  readonly records: Records;
  readonly settings: GateSettings &
    WebhookSettings &
    AddressSettings &
    PayinSettings &
    Pick<Settings, 'TRUST_PROXY' | 'REQUEST_ID_PREFIX' | 'WEBHOOKS_ON_API' | 'OVERLOAD_DELAY_MS'>;
  readonly logger: Logger;
  /** How late the event loop is. Absent: never late. */
  readonly delay?: Delay;
  /** Absent: nothing is traced. */
  readonly traces?: Traces;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The API as an Express application: REST for the merchant's backend, Lesspay's webhook receiver, health, metrics. */
export function createApp(options: AppOptions): Express {
  const { client, records, settings, logger, delay = () => 0, traces = NO_TRACES, now = Date.now } = options;
  const metrics = createMetrics();
  const app = baseApp({ settings, logger, metrics, ready: ready(client, records) });
  const gate = createGate(settings, logger);
  const deps = { client, records, isOurs: (request_id: string) => isOurs(settings, request_id) };
  app
    .route('/metrics')
    .get(...gate.anyone, ...gate.keyed('read'), showMetrics(metrics))
    .all(allowOnly('GET, HEAD'));
  app.use('/webhooks', shedLoad(delay, settings.OVERLOAD_DELAY_MS * WEBHOOKS_LATER));
  if (settings.WEBHOOKS_ON_API === 'yes') addWebhookRoute(app, deps, settings, metrics, now, traces);
  app.use(['/payins', '/openapi.json', '/docs'], shedLoad(delay, settings.OVERLOAD_DELAY_MS));
  app.use('/payins', payinRoutes(client, records, settings, gate, metrics, traces));
  app.use(['/openapi.json', '/docs'], ...gate.anyone);
  app.use(docsRoutes());
  app.use(() => {
    throw new Problem('not_found', 'No resource has this path. GET /docs shows all paths of this API.');
  });
  app.use(answerProblem);
  return app;
}
