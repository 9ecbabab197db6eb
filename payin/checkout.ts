import type { PayinState } from './view';
import { isPayable } from './state';

/** Why there is no page to send the payer to. */
export type CheckoutProblem = 'rejected' | 'request_id_taken' | 'checkout_url_lost';

/** The same answer from a running pay-in and from the result of one that has ended (docs/design.md, rule 4). */
export function checkoutProblem(payin: PayinState): { type: CheckoutProblem; message: string } | undefined {
  const { status, taken, refusal, checkout_url, digest, pay_order_id } = payin;
  if (taken)
    return {
      type: 'request_id_taken',
      message: refusal?.message ?? 'Lesspay knows this request_id from somebody else',
    };
  if (digest === undefined)
    return {
      type: 'request_id_taken',
      message: `${pay_order_id === undefined ? 'a message came for' : 'Lesspay has'} an order under this request_id, of which no pay-in is known`,
    };
  if (status === 'REJECTED')
    return { type: 'rejected', message: refusal?.message ?? 'Lesspay refused to create the order' };
  if ((status === 'CREATING' || isPayable(status)) && checkout_url === undefined)
    return {
      type: 'checkout_url_lost',
      message:
        "the order's checkout page can't be had any more, since the answer that held it was lost: start a new pay-in under a new request_id; this one stays watched",
    };
  return undefined;
}
