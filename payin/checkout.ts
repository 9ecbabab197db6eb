import type { PayinState } from './view';
import { isPayable } from './state';

/** Why the payer can't pay. */
export type CheckoutProblem = 'rejected' | 'request_id_taken' | 'checkout_url_lost' | 'amount_unit';

/**
 * Says why there is nothing to show the payer. The same for a running pay-in and for the result of an ended one
 * (docs/design.md, rule 4).
 * @returns undefined if there is no such problem
 */
export function checkoutProblem(payin: PayinState): { type: CheckoutProblem; message: string } | undefined {
  const { status, taken, refusal, next_step, creating, unit_wrong, digest, pay_order_id } = payin;
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
  if (unit_wrong && isPayable(status))
    return {
      type: 'amount_unit',
      message:
        'Lesspay states the amount in another unit than it was sent in, so the payer would pay a wrong amount: the operators must look; do not send the payer anywhere',
    };
  if ((status === 'CREATING' || (isPayable(status) && !creating)) && next_step === undefined)
    return {
      type: 'checkout_url_lost',
      message:
        "what the payer needs to pay (the page's URL, the account, the QR code or the card form's session) was lost with the answer that held it: start a new pay-in under a new request_id; this one is still watched",
    };
  return undefined;
}
