import type { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import type { LesspayClient } from '../../lesspay/client';
import type { Payin, PayinRequest } from './messages';

export interface ActivitiesDeps {
  readonly lesspay: LesspayClient;
  /** Where Lesspay sends the webhooks. */
  readonly webhookUrl: string;
  readonly database: Pool;
  /** The merchant's endpoint; nobody is notified where it is absent. */
  readonly endpoint?: { readonly url: string; readonly secret: string };
}

export type TextbookActivities = ReturnType<typeof createActivities>;

export function createActivities({ lesspay, webhookUrl, database, endpoint }: ActivitiesDeps) {
  return {
    async createOrder({ amount, currency, ...same }: PayinRequest): Promise<Payin> {
      const created = await lesspay.createOrder({
        ...same,
        target_amount: amount,
        target_currency: currency,
        notify_url: webhookUrl,
        expired_time: 1_800,
      });
      return { request_id: same.request_id, status: 'PENDING_PAY', ...created };
    },

    /** @param ordered_at epoch ms */
    async queryStatus(request_id: string, ordered_at: number): Promise<string> {
      const start_time = ordered_at - 3_600_000;
      const order = await lesspay.queryOrder({ request_id, start_time, end_time: Date.now() });
      if (!order) throw new Error(`Lesspay does not know ${request_id}`);
      return order.status;
    },

    async saveRecord({ request_id, pay_order_id, checkout_url, status }: Payin): Promise<void> {
      await database.query(
        `insert into textbook_payins (request_id, pay_order_id, checkout_url, status) values ($1, $2, $3, $4)
         on conflict (request_id) do update set status = excluded.status, updated_at = now()`,
        [request_id, pay_order_id, checkout_url, status],
      );
    },

    async notify(payin: Payin): Promise<void> {
      if (!endpoint) return;
      const at = new Date();
      const id = `${payin.request_id}_1`;
      const event = { number: 1, kind: 'transition' };
      const body = JSON.stringify({ type: 'payin.transition', timestamp: at, data: { payin, event } });
      const answer = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(endpoint.secret).sign(id, at, body),
        },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the endpoint answered ${answer.status}`);
    },
  };
}

export const SCHEMA = `create table if not exists textbook_payins (
  request_id text primary key,
  pay_order_id text not null,
  checkout_url text,
  status text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
)`;
