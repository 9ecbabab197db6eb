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
 * The limits are Lesspay's own (`lesspay/schemas.ts`) and those of README.md, "REST". The descriptions are the API document's.
 */
export const payinRequest = z
  .strictObject({
    request_id: lesspay.request_id.meta({
      description: "The merchant's own id of the pay-in, for good: the same request again finds the same pay-in.",
    }),
    amount: lesspay.target_amount.meta({
      description: 'In major units, above zero, without leading zeros. Sent to Lesspay as it is written.',
    }),
    currency: lesspay.target_currency.meta({ description: 'ISO 4217, or a crypto code.' }),
    product_name: lesspay.product_name.meta({ description: textRules(30) }),
    description: lesspay.description.meta({ description: textRules(50) }),
    success_url: lesspay.success_url.meta({ description: 'Where the payer goes after paying: absolute, http(s).' }),
    fail_url: lesspay.fail_url.meta({ description: 'Where the payer goes otherwise: absolute, http(s).' }),
    expires_in: z
      .int()
      .min(60, 'must be 60 to 1209600 seconds')
      .max(1_209_600, 'must be 60 to 1209600 seconds')
      .default(1_800)
      .meta({ description: 'How long it can be paid, seconds.' }),
    way_type: lesspay.way_type
      .unwrap()
      .exactOptional()
      .meta({ description: 'How it is to be paid, e.g. `CRYPTO`, `BANK_TRANSFER`, `CARD_PAYMENT`.' }),
    way_code: lesspay.way_code.unwrap().exactOptional(),
    transaction_network: lesspay.transaction_network
      .unwrap()
      .exactOptional()
      .meta({ description: 'For crypto, e.g. `TRC20`.' }),
    metadata: metadata.default({}).meta({
      description: `The merchant's own, kept with the pay-in and never sent to Lesspay: flat, at most ${METADATA_BYTES} bytes of JSON.`,
    }),
  })
  .meta({ id: 'PayinRequest' });

function textRules(max: number): string {
  return `Shown to the payer. Well-formed Unicode of at most ${max} UTF-16 units (an emoji counts as two or more), without control characters, line separators and \`&name=\`.`;
}

export type PayinRequestInput = z.input<typeof payinRequest>;
