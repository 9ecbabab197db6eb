import type { Express } from 'express';
import { allowOnly } from '../http/allow-only';
import type { Traces } from '../../traces/traces';
import type { Metrics } from '../http/metrics';
import { readBody } from '../http/read-body';
import { allowAddresses, type AddressSettings } from './allow-addresses';
import type { DeliveryDeps } from './deliver-webhook';
import { noteRefusal } from './note-refusal';
import { receiveWebhook, type WebhookSettings } from './receive-webhook';

/** Adds `POST /webhooks/lesspay`, to the API or to the receiver. */
export function addWebhookRoute(
  app: Express,
  deps: DeliveryDeps,
  settings: WebhookSettings & AddressSettings,
  metrics: Metrics,
  now: () => number,
  traces: Traces,
): void {
  app
    .route('/webhooks/lesspay')
    .post(
      allowAddresses(settings),
      ...readBody,
      receiveWebhook(deps, settings, now, metrics, traces),
      noteRefusal(settings, metrics),
    )
    .all(allowOnly('POST'));
}
