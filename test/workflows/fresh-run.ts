import type { PayinRequest } from '../../workflows/payin-messages';
import { PayinRun } from '../../workflows/payin-run';
import { DEFAULT_POLL_SCHEDULE } from '../../workflows/poll-schedule';

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
