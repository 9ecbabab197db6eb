import { timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { WebhookError } from '../../lesspay/errors';
import { verifyWebhook } from '../../lesspay/webhook';
import { fromEnvironment } from './environment';
import type { Payin, PayinRequest } from './payin';

/** What stands behind the API of the textbook and of the peers. */
export interface Behind {
  /** Resolves when the checkout page is known. */
  readonly start: (request: PayinRequest) => Promise<Payin>;
  /** A webhook came. Resolves when that is kept. */
  readonly hint: (request_id: string) => Promise<void>;
  /** Resolves with the outcome. Only the driver asks for it; absent where it asks Temporal. */
  readonly outcome?: (request_id: string) => Promise<Payin>;
}

const payinRequest = z.strictObject({
  request_id: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/),
  amount: z.string().regex(/^\d{1,15}(\.\d{1,8})?$/),
  currency: z.string().regex(/^[A-Z0-9]{3,10}$/),
  product_name: z.string().min(1).max(30),
  description: z.string().min(1).max(50),
  success_url: z.url(),
  fail_url: z.url(),
});

/** Serves POST /payins and the receiver of Lesspay's webhooks until SIGTERM. */
export function serveApi({ start, hint, outcome }: Behind): void {
  const app = express();
  app.get('/healthz', (_req, res) => void res.sendStatus(200));
  app.post('/payins', authenticate(fromEnvironment('API_KEY')), express.json(), startPayin(start));
  app.post(
    '/webhooks/lesspay',
    express.raw({ type: () => true, limit: '64kb' }),
    receiveWebhook(hint, fromEnvironment('LESSPAY_APP_SECRET')),
  );
  if (outcome) app.get('/payins/:request_id/outcome', showOutcome(outcome));
  app.listen(Number(fromEnvironment('PORT')), '127.0.0.1');
}

function authenticate(key: string): RequestHandler {
  const wanted = Buffer.from(`Bearer ${key}`);
  return (req, res, next) => {
    const given = Buffer.from(req.get('authorization') ?? '');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) next();
    else res.sendStatus(401);
  };
}

const startPayin =
  (start: Behind['start']): RequestHandler =>
  async (req, res) => {
    const request = payinRequest.safeParse(req.body);
    if (request.success) res.status(201).json(await start(request.data));
    else res.status(400).json({ problem: z.prettifyError(request.error) });
  };

const showOutcome =
  (outcome: NonNullable<Behind['outcome']>): RequestHandler<{ request_id: string }> =>
  async (req, res) =>
    void res.json(await outcome(req.params.request_id));

const receiveWebhook =
  (hint: Behind['hint'], secret: string): RequestHandler =>
  async (req, res) => {
    try {
      const { request_id = '' } = verifyWebhook(req.body, req.get('x-auth-signature'), secret);
      await hint(request_id);
      res.type('text/plain').send('SUCCESS');
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      res.sendStatus(401);
    }
  };
