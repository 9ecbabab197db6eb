import type { PayinState } from './view';
import { isPayable } from './state';

/** Why there is no checkout page to send the payer to. */
export type CheckoutProblem = 'rejected' | 'request_id_taken' | 'checkout_url_lost';

/**
 * Says why the payer can't be sent to a checkout page. The same for a running pay-in and for the result of an ended one
 * (docs/design.md, rule 4).
 * @returns undefined if there is no such problem
 */
export function checkoutProblem(payin: PayinState): { type: CheckoutProblem; message: string } | undefined {
  const { status, taken, refusal, checkout_url, digest, pay_order_id } = payin;
  if (taken)
    return {
      type: 'request_id_taken',
      message: refusal?.message ?? "this request_id belongs to somebody else's order at Lesspay",
    };
  if (digest === undefined)
    return {
      type: 'request_id_taken',
      message: `${pay_order_id === undefined ? 'a message named' : 'Lesspay has'} an order under this request_id, but no pay-in is known for it`,
    };
  if (status === 'REJECTED')
    return { type: 'rejected', message: refusal?.message ?? 'Lesspay refused to create the order' };
  if ((status === 'CREATING' || isPayable(status)) && checkout_url === undefined)
    return {
      type: 'checkout_url_lost',
      message:
        "the URL of the order's checkout page was lost with the answer that held it: start a new pay-in under a new request_id; this one is still watched",
    };
  return undefined;
}
