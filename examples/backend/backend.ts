import express, { type Express, type Response } from 'express';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ShopOrder, ShopOrders } from './shop-orders';
import type { StartPayin } from './start-payin';

/** Members and types that are not named here may be added later. */
const notification = z.looseObject({
  type: z.string(),
  data: z.looseObject({
    payin: z.looseObject({ request_id: z.string(), status: z.string() }),
    event: z.looseObject({ number: z.int() }),
  }),
});

const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** @param notifySecret this endpoint's own in `NOTIFY_SECRETS`, `whsec_...` */
export function createBackend(orders: ShopOrders, startPayin: StartPayin, notifySecret: string): Express {
  const app = express();
  const webhook = new Webhook(notifySecret);

  async function checkout(order: ShopOrder, response: Response): Promise<void> {
    try {
      const checkout_url = await startPayin(order);
      // 200: send the payer to checkout_url. 202: ask again, or look at the status.
      response.status(checkout_url ? 200 : 202).json({ id: order.id, status: order.status, checkout_url });
    } catch (error) {
      console.error(`order ${order.id} has no pay-in that we know of`, error);
      response.status(502).json({ id: order.id, status: order.status });
    }
  }

  // The order is stored before its pay-in starts: its first notification may come before startPayin returns.
  app.post('/orders', (_request, response) => checkout(orders.add(), response));

  // For an answer that was lost, or 202 or 502.
  app.post('/orders/:id/checkout', (request, response) => {
    const order = orders.find(request.params.id);
    return order ? checkout(order, response) : response.sendStatus(404);
  });

  app.get('/orders/:id', (request, response) => {
    const order = orders.find(request.params.id);
    if (order) response.json({ id: order.id, status: order.status });
    else response.sendStatus(404);
  });

  // As text: the signature is of the body as it came, byte for byte.
  app.post('/hooks/pay-ins', express.text({ type: 'application/json', limit: '256kb' }), (request, response) => {
    const headers = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, request.get(name) ?? '']));
    let verified: unknown;
    try {
      verified = webhook.verify(request.body, headers);
    } catch {
      response.sendStatus(401);
      return;
    }
    const known = orders.take(headers['webhook-id'] ?? '', notification.parse(verified));
    // It is stored, and that is all: what takes long is done afterwards, since an answer must come within 10 s.
    // An order that we don't know gets 404, so that the notification's run asks for a person.
    response.sendStatus(known ? 204 : 404);
  });

  return app;
}
