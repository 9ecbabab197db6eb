import { setTimeout as realTimeout } from 'node:timers/promises';
import express, { type RequestHandler, type Router } from 'express';
import type { Faults, NotificationFault } from './faults';
import { merchantPage } from './merchant-page';
import { sendPage } from './page';
import type { ReceivedNotifications } from './received-notifications';

const SHOWN = 50;

export interface MerchantRouteDeps {
  readonly faults: Faults;
  readonly notifications: ReceivedNotifications;
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
}

/** A merchant's backend: the endpoint for notifications, and a page that shows them. */
export function merchantRoutes(deps: MerchantRouteDeps): Router {
  const router = express.Router();
  router.get('/merchant', (_request, response) => {
    sendPage(response, 200, merchantPage(deps.notifications.list().slice(-SHOWN).reverse()));
  });
  // As text, because the signature covers the body exactly as it was sent.
  router.post('/merchant/notifications', express.text({ type: () => true, limit: '256kb' }), receive(deps));
  return router;
}

const receive =
  ({ faults, notifications, closing, log }: MerchantRouteDeps): RequestHandler =>
  async (request, response) => {
    const text = typeof request.body === 'string' ? request.body : '';
    const headers = Object.fromEntries(SIGNED.map((name) => [name, request.get(name) ?? '']));
    const fault = faults.take('notification', requestIdIn(text));
    if (fault?.delay_ms) await realTimeout(fault.delay_ms, undefined, { signal: closing });
    const received = notifications.receive({ text, headers }, answerOf(fault));
    const { webhook_id, type, status, verified, repeated, http_status } = received;
    const check = `${verified ? 'signature valid' : 'SIGNATURE WRONG'}${repeated ? ', repeated' : ''}`;
    log(`notified ${JSON.stringify(webhook_id)}: ${type} ${status}, ${check}, answered ${http_status}`);
    if (fault?.drop) response.socket?.destroy();
    else {
      if (fault?.redirect !== undefined) response.set('location', fault.redirect);
      if (fault?.retry_after !== undefined) response.set('retry-after', fault.retry_after);
      response.status(http_status).end();
    }
  };

const SIGNED = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function answerOf(fault: NotificationFault | undefined): number | undefined {
  if (fault?.drop) return 0;
  return fault?.http_status ?? (fault?.redirect === undefined ? undefined : 302);
}

/** Without parsing the JSON: only to find the fault. */
const requestIdIn = (text: string): string | undefined => /"request_id":"([^"]+)"/.exec(text)?.[1];
