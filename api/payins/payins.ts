import type { Client } from '@temporalio/client';
import { type RequestHandler, Router } from 'express';
import { plainProblem } from '../../lesspay/plain-problem';
import { type CheckedRequest, payinRequest } from '../../client/payin-request';
import { startPayin } from '../../client/start-payin';
import { methodRefusal } from '../../lesspay/methods';
import type { Traces } from '../../traces/traces';
import type { Records } from '../../records/payin-records';
import { isOurs, type Settings } from '../../settings';
import { allowOnly } from '../http/allow-only';
import { askTemporal } from './ask-temporal';
import { findPayin } from './find-payin';
import type { Gate } from '../http/gate';
import { fieldErrors, invalidRequest } from '../http/invalid-request';
import { listPayins } from './list-payins';
import { countStart, type Metrics } from '../http/metrics';
import { send, startAnswer } from './payin-answer';
import { listEvents } from './payin-events';
import { jsonOf, readBody } from '../http/read-body';
import { recordedPayin } from './recorded-payin';
import { storedCard } from './stored-card';
import { traceRequest } from '../http/trace-request';

/** How long POST waits for Lesspay's checkout page before it answers 202. */
const CHECKOUT_TIMEOUT_MS = 10_000;
/** For the other calls: to describe the run, and to read the result of an ended one. */
const EXTRA_MS = 5_000;

export type PayinSettings = Pick<Settings, 'REQUEST_ID_PREFIX' | 'LESSPAY_MINOR_UNIT_METHODS' | 'CARD_SECRET_KEYS'>;

/** The routes under `/payins` (README.md, "REST"). */
export function payinRoutes(
  client: Client,
  records: Records,
  settings: PayinSettings,
  gate: Gate,
  metrics: Metrics,
  traces: Traces,
): Router {
  const router = Router();
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.use(...gate.anyone);
  router
    .route('/')
    .get(...gate.keyed('read'), listPayins(records))
    .post(...gate.keyed('write'), ...readBody, start(client, records, settings, metrics, traces))
    .all(allowOnly('GET, HEAD, POST'));
  router
    .route('/:request_id')
    .get(...gate.keyed('read'), findPayin(client, records))
    .all(allowOnly('GET, HEAD'));
  router
    .route('/:request_id/events')
    .get(...gate.keyed('read'), listEvents(client, records))
    .all(allowOnly('GET, HEAD'));
  return router;
}

function start(
  client: Client,
  records: Records,
  settings: PayinSettings,
  metrics: Metrics,
  traces: Traces,
): RequestHandler {
  const schema = ownRequest(settings);
  return async (req, res) => {
    const request = requestOf(schema, jsonOf(req));
    const { request_id } = request;
    res.locals['payin'] = { request_id };
    await traceRequest(traces, { req, res, route: '/payins', request_id }, async (span) => {
      const started = askTemporal(client, CHECKOUT_TIMEOUT_MS + EXTRA_MS, () =>
        startPayin(client, request, {
          timeoutMs: CHECKOUT_TIMEOUT_MS,
          keys: settings.CARD_SECRET_KEYS,
          storedCard: (id) => storedCard(records, id),
          recorded: () => recordedPayin(records, request_id, res),
        }),
      );
      const outcome = await countStart(metrics, started);
      res.locals['payin'] = { request_id, outcome: outcome.kind };
      span.set({ 'payin.start': outcome.kind, 'payin.method': request.method?.type });
      send(res, startAnswer(request_id, outcome, settings.CARD_SECRET_KEYS));
    });
  };
}

type OwnRequest = ReturnType<typeof ownRequest>;

/** The request's schema. With `REQUEST_ID_PREFIX`, only our own prefixes are accepted; of methods, only those that the settings allow. */
function ownRequest(settings: PayinSettings) {
  const { REQUEST_ID_PREFIX: prefixes } = settings;
  const begins = prefixes.map((prefix) => `"${prefix}"`).join(' or ');
  const problem = `must begin with ${begins}: the setting REQUEST_ID_PREFIX allows no other. Use such a request_id, or extend the setting`;
  const { request_id } = payinRequest.shape;
  const allowed = { minorUnits: settings.LESSPAY_MINOR_UNIT_METHODS, secrets: settings.CARD_SECRET_KEYS.length > 0 };
  return payinRequest
    .safeExtend({ request_id: request_id.refine((id) => isOurs(settings, id), problem) })
    .superRefine(({ method }, context) => {
      const refusal = method && methodRefusal(method.type, allowed);
      if (refusal !== undefined) context.addIssue({ code: 'custom', path: ['method', 'type'], message: refusal });
    });
}

/** Members of Lesspay's that a reader of its pages may try. */
const NOT_TAKEN: ReadonlyMap<string, string> = new Map([
  [
    'store_for_future_use',
    'is documented by Lesspay for a card number sent to its API, which no method does. Remove it. If Lesspay stores the card all the same, the pay-in shows it as "stored_card"',
  ],
]);

function requestOf(schema: OwnRequest, body: unknown): CheckedRequest {
  const result = schema.safeParse(body, { error: plainProblem });
  if (result.success) return result.data;
  throw invalidRequest(fieldErrors(result.error, (name) => NOT_TAKEN.get(name) ?? 'is not a known field. Remove it'));
}
