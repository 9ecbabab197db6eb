import { z } from 'zod';
import { createOrderRequest } from '../lesspay/schemas';

const lesspay = createOrderRequest.shape;

const METADATA_BYTES = 4_096;

const metadata = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()], 'must be a string, a number or a boolean: metadata is flat'),
    'must be a flat object of strings, numbers and booleans',
  )
  .refine(
    (object) => Buffer.byteLength(JSON.stringify(object)) <= METADATA_BYTES,
    `must be at most ${METADATA_BYTES} bytes of JSON`,
  );

/**
 * What a backend asks for when it starts a pay-in. Unknown fields are refused; every bad one is named.
 * The limits are Lesspay's own (`lesspay/schemas.ts`) and the design's, "REST".
 */
export const payinRequest = z.strictObject({
  request_id: lesspay.request_id,
  /** Decimal string in major units: sent to Lesspay as it was written. */
  amount: lesspay.target_amount,
  currency: lesspay.target_currency,
  product_name: lesspay.product_name,
  description: lesspay.description,
  success_url: lesspay.success_url,
  fail_url: lesspay.fail_url,
  /** Seconds. */
  expires_in: z
    .int()
    .min(60, 'must be 60 to 1209600 seconds')
    .max(1_209_600, 'must be 60 to 1209600 seconds')
    .default(1_800),
  way_type: lesspay.way_type.unwrap().exactOptional(),
  way_code: lesspay.way_code.unwrap().exactOptional(),
  transaction_network: lesspay.transaction_network.unwrap().exactOptional(),
  /** The merchant's own, kept with the pay-in and never sent to Lesspay. */
  metadata: metadata.default({}),
});

export type PayinRequestInput = z.input<typeof payinRequest>;
