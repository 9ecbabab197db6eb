import type { Client } from '@temporalio/client';
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { isOurs, type Settings } from '../../settings';
import { NO_TRACES, type Traces } from '../../traces/traces';
import { baseApp } from '../http/base-app';
import { ready } from '../http/health';
import { createMetrics, type Metrics, showMetrics } from '../http/metrics';
import { type Delay, shedLoad, WEBHOOKS_LATER } from '../http/overload';
import { answerProblem, Problem } from '../http/problems';
import type { AddressSettings } from '../webhook/allow-addresses';
import type { DeliveryDeps } from '../webhook/deliver-webhook';
import type { WebhookSettings } from '../webhook/receive-webhook';
import { addWebhookRoute } from '../webhook/webhook-routes';

export interface ReceiverOptions {
  readonly client: Client;
  /** For webhooks that name no pay-in of ours. */
  readonly records: DeliveryDeps['records'];
  readonly settings: WebhookSettings &
    AddressSettings &
    Pick<Settings, 'TRUST_PROXY' | 'REQUEST_ID_PREFIX' | 'OVERLOAD_DELAY_MS'>;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly delay?: Delay;
  /** Absent: nothing is traced. */
  readonly traces?: Traces;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Only Lesspay's webhooks, and health. It has no API keys and no route to pay-ins, so it may stand on the Internet alone. */
export function createReceiver(options: ReceiverOptions): Express {
  const {
    client,
    records,
    settings,
    logger,
    metrics = createMetrics(),
    delay = () => 0,
    traces = NO_TRACES,
    now = Date.now,
  } = options;
  const app = baseApp({ settings, logger, metrics, ready: ready(client) });
  app.use('/webhooks', shedLoad(delay, settings.OVERLOAD_DELAY_MS * WEBHOOKS_LATER));
  const deps = { client, records, isOurs: (request_id: string) => isOurs(settings, request_id) };
  addWebhookRoute(app, deps, settings, metrics, now, traces);
  app.use(() => {
    throw new Problem('not_found', 'The receiver has the paths /webhooks/lesspay, /healthz and /readyz.');
  });
  app.use(answerProblem);
  return app;
}

/** The receiver's metrics, for a port that only Prometheus reaches. */
export function createMetricsPage(metrics: Metrics): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', showMetrics(metrics));
  return app;
}
