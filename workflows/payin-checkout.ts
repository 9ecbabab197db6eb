import type { PayinResult } from './payin-messages';
import { isPayable } from './payin-state';

/** Why there is no page to send the payer to. */
export type CheckoutProblem = 'rejected' | 'request_id_taken' | 'checkout_url_lost';

/** The same answer from a running pay-in and from the result of one that has ended (rule 4). */
export function checkoutProblem(payin: PayinResult): { type: CheckoutProblem; message: string } | undefined {
  const taken = payin.alerts.find(({ code }) => code === 'request_id_taken');
  if (taken) return { type: 'request_id_taken', message: taken.message };
  if (payin.status === 'REJECTED')
    return { type: 'rejected', message: payin.refusal?.message ?? 'Lesspay refused to create the order' };
  if (isPayable(payin.status) && payin.checkout_url === undefined)
    return {
      type: 'checkout_url_lost',
      message:
        'the order exists, but the answer that held its checkout page was lost: start a new pay-in under a new request_id; this one stays watched',
    };
  return undefined;
}
