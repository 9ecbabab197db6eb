import { z } from 'zod';
import { createOrderRequest } from '../lesspay/schemas';

const lesspay = createOrderRequest.shape;

const METADATA_BYTES = 4_096;

const metadata = z
  .record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean()], 'must be a string, a number or a boolean: metadata must be flat'),
    'must be a flat object of strings, numbers and booleans',
  )
  .refine(
    (object) => Buffer.byteLength(JSON.stringify(object)) <= METADATA_BYTES,
    `must have at most ${METADATA_BYTES} bytes as JSON`,
  );

/**
 * The request that starts a pay-in. Unknown fields are refused; an error names every wrong field. The limits are Lesspay's
 * (`lesspay/schemas.ts`) and those of README.md, "REST". The descriptions appear in the OpenAPI document.
 */
export const payinRequest = z
  .strictObject({
    request_id: lesspay.request_id.meta({
      description:
        "The merchant's own id of the pay-in. The same request again gets the same pay-in, without a time limit.",
    }),
    amount: lesspay.target_amount.meta({
      description: 'In major units, above zero, without leading zeros. It is sent to Lesspay as it is written.',
    }),
    currency: lesspay.target_currency.meta({ description: 'An ISO 4217 code, or the code of a cryptocurrency.' }),
    product_name: lesspay.product_name.meta({ description: textRules(30) }),
    description: lesspay.description.meta({ description: textRules(50) }),
    success_url: lesspay.success_url.meta({
      description: 'An absolute http(s) URL. The payer is sent there after paying.',
    }),
    fail_url: lesspay.fail_url.meta({
      description: 'An absolute http(s) URL. The payer is sent there in any other case.',
    }),
    expires_in: z
      .int()
      .min(60, 'must be 60 to 1209600 seconds')
      .max(1_209_600, 'must be 60 to 1209600 seconds')
      .default(1_800)
      .meta({ description: 'How long the payer can pay, in seconds.' }),
    way_type: lesspay.way_type
      .unwrap()
      .exactOptional()
      .meta({ description: "Lesspay's payment method, e.g. `CRYPTO`, `BANK_TRANSFER`, `CARD_PAYMENT`." }),
    way_code: lesspay.way_code
      .unwrap()
      .exactOptional()
      .meta({ description: "Lesspay's code of an exact method within `way_type`." }),
    transaction_network: lesspay.transaction_network
      .unwrap()
      .exactOptional()
      .meta({ description: 'The network of a cryptocurrency, e.g. `TRC20`.' }),
    metadata: metadata.default({}).meta({
      description: `The merchant's own data: a flat object of at most ${METADATA_BYTES} bytes as JSON. It is kept with the pay-in and never sent to Lesspay.`,
    }),
  })
  .meta({ id: 'PayinRequest' });

function textRules(max: number): string {
  return `Shown to the payer. Well-formed Unicode, at most ${max} UTF-16 units (an emoji counts as two or more). It must not contain control characters, line separators or \`&name=\`.`;
}

export type PayinRequestInput = z.input<typeof payinRequest>;
