import express, { type Express, type Response } from 'express';
import {
  NotificationError,
  type ReceivedNotification,
  verifyNotification,
} from '../../notifications/verify-notification';
import type { ShopOrder, ShopOrders } from './shop-orders';
import type { StartPayin } from './start-payin';

/** @param notifySecret the secret of this endpoint in `NOTIFY_SECRETS`, `whsec_...` */
export function createBackend(orders: ShopOrders, startPayin: StartPayin, notifySecret: string): Express {
  const app = express();

  async function checkout(order: ShopOrder, response: Response): Promise<void> {
    try {
      const checkout_url = await startPayin(order);
      // 200: send the payer to checkout_url. 202: there is no page yet; ask again, or read the status.
      response.status(checkout_url ? 200 : 202).json({ id: order.id, status: order.status, checkout_url });
    } catch (error) {
      console.error(`order ${order.id}: it is not known whether its pay-in has started`, error);
      response.status(502).json({ id: order.id, status: order.status });
    }
  }

  // The order is stored before its pay-in starts, since the first notification may come before startPayin returns.
  app.post('/orders', (_request, response) => checkout(orders.add(), response));

  // For a customer whose first answer was lost, or was 202 or 502.
  app.post('/orders/:id/checkout', (request, response) => {
    const order = orders.find(request.params.id);
    return order ? checkout(order, response) : response.sendStatus(404);
  });

  app.get('/orders/:id', (request, response) => {
    const order = orders.find(request.params.id);
    if (order) response.json({ id: order.id, status: order.status });
    else response.sendStatus(404);
  });

  // As text, since the signature covers the body byte for byte.
  app.post('/hooks/pay-ins', express.text({ type: 'application/json', limit: '256kb' }), (request, response) => {
    let notification: ReceivedNotification;
    try {
      notification = verifyNotification(request.body, request.headers, notifySecret);
    } catch (error) {
      if (!(error instanceof NotificationError)) throw error;
      response.sendStatus(error.code === 'not_verified' ? 401 : 400);
      return;
    }
    const known = orders.take(notification);
    // The notification is stored, and nothing else is done here: an answer must come within 10 s.
    // 404 for an unknown order: the notification workflow then needs attention, and a person looks at it.
    response.sendStatus(known ? 204 : 404);
  });

  return app;
}
