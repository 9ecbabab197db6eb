import { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { createLesspayClient } from '../../lesspay/client';
import { fromEnvironment } from './environment';
import type { Payin, PayinRequest } from './payin';

/** What the textbook and the peers do for a pay-in; each makes them durable in its own way. */
export type Steps = Awaited<ReturnType<typeof openSteps>>['steps'];

/** Reads the environment, and makes the table where it is missing. */
export async function openSteps() {
  const database = new Pool({ connectionString: fromEnvironment('DATABASE_URL') });
  await database.query(SCHEMA);
  const lesspay = createLesspayClient({
    baseUrl: fromEnvironment('LESSPAY_BASE_URL'),
    appId: fromEnvironment('LESSPAY_APP_ID'),
    secret: fromEnvironment('LESSPAY_APP_SECRET'),
  });
  const webhookUrl = `${fromEnvironment('PUBLIC_URL')}/webhooks/lesspay`;
  /** The merchant's endpoint; nobody is notified where it is absent. */
  const endpoint = process.env['NOTIFY_URL'];

  const steps = {
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
        `insert into bench_payins (request_id, pay_order_id, checkout_url, status) values ($1, $2, $3, $4)
         on conflict (request_id) do update set status = excluded.status, updated_at = now()`,
        [request_id, pay_order_id, checkout_url, status],
      );
    },

    async notify(payin: Payin): Promise<void> {
      if (endpoint === undefined) return;
      const at = new Date();
      const id = `${payin.request_id}_1`;
      const event = { number: 1, kind: 'transition' };
      const body = JSON.stringify({ type: 'payin.transition', timestamp: at, data: { payin, event } });
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(fromEnvironment('NOTIFY_SECRET')).sign(id, at, body),
        },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the endpoint answered ${answer.status}`);
    },
  };
  return { steps, database };
}

const SCHEMA = `create table if not exists bench_payins (
  request_id text primary key,
  pay_order_id text not null,
  checkout_url text,
  status text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
)`;
