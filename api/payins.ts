import type { Client } from '@temporalio/client';
import { type RequestHandler, type Response, Router } from 'express';
import { readPayin } from '../client/read-payin';
import { payinRequest } from '../client/payin-request';
import { startPayin } from '../client/start-payin';
import type { Settings } from '../settings';
import type { PayinRequest } from '../workflows/payin-messages';
import { allowOnly } from './allow-only';
import { askTemporal } from './ask-temporal';
import { authenticate } from './authenticate';
import { countStart, type Metrics } from './metrics';
import { type Answer, foundAnswer, startAnswer } from './payin-answer';
import { Problem } from './problems';
import { jsonOf, readBody } from './read-body';

/** How long POST waits for Lesspay's checkout page before it answers 202. */
const CHECKOUT_TIMEOUT_MS = 10_000;
const QUERY_TIMEOUT_MS = 2_000;
/** For the calls around that wait: looking at the run, reading an ended one's result. */
const EXTRA_MS = 5_000;

/** `POST /payins` and `GET /payins/{request_id}`, by the table of the design's section "REST". */
export function payinRoutes(client: Client, { API_KEYS }: Pick<Settings, 'API_KEYS'>, metrics: Metrics): Router {
  const router = Router();
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router
    .route('/')
    .post(authenticate(API_KEYS, 'write'), ...readBody, start(client, metrics))
    .all(allowOnly('POST'));
  router.route('/:request_id').get(authenticate(API_KEYS, 'read'), find(client)).all(allowOnly('GET, HEAD'));
  return router;
}

function start(client: Client, metrics: Metrics): RequestHandler {
  return async (req, res) => {
    const request = requestOf(jsonOf(req));
    const { request_id } = request;
    res.locals['payin'] = { request_id };
    const started = askTemporal(client, CHECKOUT_TIMEOUT_MS + EXTRA_MS, () =>
      startPayin(client, request, { timeoutMs: CHECKOUT_TIMEOUT_MS }),
    );
    const outcome = await countStart(metrics, started);
    res.locals['payin'] = { request_id, outcome: outcome.kind };
    send(res, startAnswer(request_id, outcome));
  };
}

function find(client: Client): RequestHandler<{ request_id: string }> {
  return async (req, res) => {
    const { request_id } = req.params;
    if (!payinRequest.shape.request_id.safeParse(request_id).success) throw noSuchPayin();
    const payin = await askTemporal(client, QUERY_TIMEOUT_MS + EXTRA_MS, () =>
      readPayin(client, request_id, { timeoutMs: QUERY_TIMEOUT_MS }),
    );
    if (!payin) throw noSuchPayin();
    send(res, foundAnswer(payin));
  };
}

const send = (res: Response, { status, headers, body }: Answer) => res.status(status).set(headers).json(body);

function requestOf(body: unknown): PayinRequest {
  const result = payinRequest.safeParse(body);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, problem: 'is not a field of a pay-in; leave it out' }))
      : [{ field: issue.path.join('.') || '(body)', problem: issue.message }],
  );
  throw new Problem('invalid_request', 'Correct every field that "errors" names.', { members: { errors } });
}

const noSuchPayin = () =>
  new Problem('not_found', 'No pay-in has this request_id. Check it, or start one with POST /payins.');
