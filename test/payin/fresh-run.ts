import type { PayinRequest } from '../../payin/request';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { PayinRun } from '../../workflows/payin/run';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { orderCreated } from '../../payin/answers';

/** A pay-in's run at its very beginning, without a server. */

/** Epoch ms. */
export const T = 1_800_000_000_000;
export const request: PayinRequest = {
  request_id: 'r1',
  amount: '100.00',
  currency: 'USDT',
  product_name: 'Order coffee',
  description: 'A coffee order',
  success_url: 'https://shop.example/success',
  fail_url: 'https://shop.example/fail',
  expires_in: 1_800,
  metadata: {},
};

export const fresh = () =>
  new PayinRun({ request, digest: 'd', start_token: 't', poll_schedule: DEFAULT_POLL_SCHEDULE }, 'payin-r1', T);

/** The order is made. */
export function made(): PayinRun {
  const run = fresh();
  orderCreated(run.facts, { pay_order_id: 'P1', checkout_url: 'https://lesspay.example/P1' }, T);
  return run;
}

export const claim = (order_status: string): WebhookClaim => ({
  digest: order_status,
  received_at: '',
  version: 'v2',
  order_status,
});

/** A claim came, and Lesspay was asked because of it. */
export function claimedAndAsked(run: PayinRun, status: string): void {
  run.receive(claim(status), T);
  run.facts.hinted = false;
}

export const codes = (run: PayinRun) => run.facts.alerts.map(({ code }) => code);

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const OPS = { who: 'ops', why: 'a test' };
