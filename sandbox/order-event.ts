import { z } from 'zod';

const code = z.string().min(1);

/** Why a payer disputes a payment (docs/lesspay.md, "Fraud and dispute events"). */
export const disputeReason = z.strictObject({
  category: z.enum([
    'fraudulent',
    'unrecognized',
    'product_service_not_received',
    'product_service_not_as_described',
    'credit_not_processed',
    'duplicate',
    'other',
  ]),
  code: code.optional(),
  /** Until when the merchant must answer, RFC 3339. */
  evidence_required_by: z.iso.datetime().optional(),
});

/** Lesspay's codes are `30034` (suspected fraud) and `4xxxx` (its risk rules); here any code is accepted. */
export const declineReason = z.strictObject({ code });

/** An event of an order that does not change its status. */
export const orderEvent = z.discriminatedUnion('event', [
  disputeReason.extend({ event: z.literal('dispute_received') }),
  declineReason.extend({ event: z.literal('payment_declined') }),
]);
export type OrderEvent = z.output<typeof orderEvent>;
