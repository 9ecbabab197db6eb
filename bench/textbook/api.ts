import { timingSafeEqual } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { WebhookError } from '../../lesspay/errors';
import { verifyWebhook } from '../../lesspay/webhook';
import { fromEnvironment } from './environment';
import { checkoutUpdate, TASK_QUEUE, webhookSignal, workflowId } from './messages';
import type { textbook } from './workflow';

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
async function main(): Promise<void> {
  const client = new Client({ connection: await Connection.connect({ address: fromEnvironment('TEMPORAL_ADDRESS') }) });
  const notifies = process.env['NOTIFY_URL'] !== undefined;
  const app = express();
  app.get('/healthz', (_req, res) => void res.sendStatus(200));
  app.post('/payins', authenticate(fromEnvironment('API_KEY')), express.json(), startPayin(client, notifies));
  app.post(
    '/webhooks/lesspay',
    express.raw({ type: () => true, limit: '64kb' }),
    receiveWebhook(client, fromEnvironment('LESSPAY_APP_SECRET')),
  );
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
  (client: Client, notifies: boolean): RequestHandler =>
  async (req, res) => {
    const request = payinRequest.safeParse(req.body);
    if (!request.success) return void res.status(400).json({ problem: z.prettifyError(request.error) });
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof textbook>('textbook', {
      workflowId: workflowId(request.data.request_id),
      taskQueue: TASK_QUEUE,
      args: [request.data, notifies],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
    res.status(201).json(await client.workflow.executeUpdateWithStart(checkoutUpdate, { startWorkflowOperation }));
  };

const receiveWebhook =
  (client: Client, secret: string): RequestHandler =>
  async (req, res) => {
    try {
      const { request_id = '' } = verifyWebhook(req.body, req.get('x-auth-signature'), secret);
      await client.workflow.getHandle(workflowId(request_id)).signal(webhookSignal);
      res.type('text/plain').send('SUCCESS');
    } catch (error) {
      if (!(error instanceof WebhookError)) throw error;
      res.sendStatus(401);
    }
  };

void main();
