import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { webhookSchema, type SandboxControl } from './control';
import { SandboxError, type SandboxErrorCode } from './errors';
import { faultSchema } from './faults';
import { ACTIONS } from './order';
import { declineReason, disputeReason, type OrderEvent } from './order-event';
import { settingsChangesSchema } from './settings';

const actionBody = z.strictObject({ amount: z.string().optional(), force: z.boolean().optional() });
const callsQuery = z.strictObject({ request_id: z.string().optional() });

/**
 * The control endpoint, JSON:
 * - `GET | POST | DELETE /control/faults`, `DELETE /control/faults/:id` (fields: `faults.ts`)
 * - `GET /control/orders`, `GET /control/orders/:request_id`, `POST /control/orders/:request_id/:action` `{ amount?, force? }`
 * - `POST /control/orders/:request_id/dispute` `{ category, code?, evidence_required_by? }`, `.../payment-declined` `{ code }` (categories: `order-event.ts`)
 * - `POST /control/webhooks` (fields: `control.ts`), `GET | PATCH /control/settings` (fields: `settings.ts`)
 * - `GET /control/calls?request_id=`, `GET /control/notifications?request_id=` (the notifications to the merchant)
 */
export function controlRoutes(control: SandboxControl): Router {
  const router = express.Router();
  router.use(refuseOtherOrigins, express.json({ limit: '256kb' }));

  router.get('/faults', (_request, response) => void response.json(control.faults.list()));
  router.post('/faults', (request, response) => {
    response.status(201).json(control.faults.add(faultSchema.parse(request.body)));
  });
  router.delete('/faults', (_request, response) => {
    control.faults.clear();
    response.status(204).end();
  });
  router.delete('/faults/:id', (request, response) => {
    response.status(control.faults.remove(request.params.id) ? 204 : 404).end();
  });

  router.get('/orders', (_request, response) => void response.json(control.orders.list()));
  router.get('/orders/:request_id', (request, response) => {
    response.json(control.orders.get(request.params.request_id));
  });
  for (const action of ACTIONS)
    router.post(`/orders/:request_id/${action}`, (request, response) => {
      const options = actionBody.parse(request.body ?? {});
      response.json(control.orders.act(request.params.request_id, action, options));
    });
  const reports = (path: string, event: (body: unknown) => OrderEvent): void =>
    void router.post(`/orders/:request_id/${path}`, (request, response) => {
      response.json(control.orders.report(request.params.request_id, event(request.body ?? {})));
    });
  reports('dispute', (body) => ({ event: 'dispute_received', ...disputeReason.parse(body) }));
  reports('payment-declined', (body) => ({ event: 'payment_declined', ...declineReason.parse(body) }));

  router.post('/webhooks', sendWebhook(control));
  router.get('/settings', (_request, response) => void response.json(control.settings.get()));
  router.patch('/settings', (request, response) => {
    response.json(control.settings.change(settingsChangesSchema.parse(request.body)));
  });
  router.get('/calls', (request, response) => {
    response.json(control.calls(callsQuery.parse(request.query).request_id));
  });
  router.get('/notifications', (request, response) => {
    response.json(control.merchant.received(callsQuery.parse(request.query).request_id));
  });
  router.use(
    (_request, response) =>
      void response.status(404).json({ code: 'not_found', message: 'There is no such path below /control.' }),
  );
  router.use(answerError);
  return router;
}

const sendWebhook =
  (control: SandboxControl): RequestHandler =>
  async (request, response) =>
    void response.json(await control.webhooks.send(webhookSchema.parse(request.body)));

/** No web page in the developer's browser may use this endpoint, neither by DNS rebinding nor by a form. */
const refuseOtherOrigins: RequestHandler = (request, response, next) => {
  const origin = request.get('origin');
  if (isLoopback(`http://${request.get('host') ?? ''}`) && (origin === undefined || isLoopback(origin))) return next();
  response.status(403).json({ code: 'not_loopback', message: 'Use http://127.0.0.1 or http://localhost.' });
};

const isLoopback = (url: string): boolean =>
  URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

const HTTP_STATUS: Record<SandboxErrorCode, number> = {
  fault_invalid: 400,
  webhook_invalid: 400,
  amount_invalid: 400,
  order_not_found: 404,
  order_settled: 409,
  data_unreadable: 500,
};

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (error instanceof z.ZodError) response.status(400).json({ code: 'invalid', message: z.prettifyError(error) });
  else if (error instanceof SandboxError)
    response.status(HTTP_STATUS[error.code]).json({ code: error.code, message: error.message });
  else next(error);
};
