import { z } from 'zod';
import { hasCardData } from '../lesspay/card-number';
import { paymentMethod, typeOfCode } from '../lesspay/methods';
import { orderProblems } from '../lesspay/order-terms';
import { amountText, createOrderRequest } from '../lesspay/schemas';

const lesspay = createOrderRequest.shape;

const METADATA_BYTES = 4_096;

/** What only a hosted page is asked with. With a method, the table of methods says them. */
const PASSED_ON = ['way_type', 'way_code', 'transaction_network'] as const;

/** The members in which no card may lie. Not `request_id` and `amount`: any number of theirs may look like a card's. */
const FREE = ['product_name', 'description', 'success_url', 'fail_url', ...PASSED_ON, 'metadata', 'method'] as const;

/** Numbers of 11 or 14 digits, of which one in ten looks like a card's. */
const TAX_IDS: ReadonlySet<string> = new Set(['tax_id', 'national_id']);

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
    amount: amountText.meta({
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
    method: paymentMethod.exactOptional().meta({
      description:
        'How the payer pays. Without it, on the page of Lesspay, by `way_type` and `way_code` where these are given. A method excludes `way_type`, `way_code` and `transaction_network`.',
    }),
    metadata: metadata.default({}).meta({
      description: `The merchant's own data: a flat object of at most ${METADATA_BYTES} bytes as JSON. It is kept with the pay-in and never sent to Lesspay.`,
    }),
  })
  .superRefine((request, context) => {
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const name of FREE) for (const path of cardData(request[name], [name])) refuse(path, NO_CARD);
    const { method, amount, currency } = request;
    if (!method) {
      const known = typeOfCode(request.way_code);
      if (known !== undefined)
        refuse(['way_code'], `belongs to the method ${known}: send {"method": {"type": "${known}", ...}} instead`);
      return;
    }
    for (const name of PASSED_ON)
      if (request[name] !== undefined)
        refuse([name], 'must not be sent beside "method", which says how the payer pays');
    for (const { field, problem } of orderProblems(method, amount, currency)) refuse([field], problem);
  })
  .meta({ id: 'PayinRequest' });

const NO_CARD =
  'must not contain card data. The payer enters the card on the page or in the form of Lesspay, never here';

/** Where a card number or a card's code is in a value: in a text, in a number, or by the name of a member. */
function cardData(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value === 'string' || typeof value === 'number') return hasCardData(String(value)) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (TAX_IDS.has(name)) return [];
    return CARD_MEMBER.test(name) || hasCardData(name) ? [[...path, name]] : cardData(member, [...path, name]);
  });
}

const CARD_MEMBER = /^(?:card_?)?(?:cvv2?|cvc2?|security_?code|card_?number|card_?no|pan)$/i;

function textRules(max: number): string {
  return `Shown to the payer. Well-formed Unicode, at most ${max} UTF-16 units (an emoji counts as two or more). It must not contain control characters, line separators or \`&name=\`.`;
}

export type PayinRequestInput = z.input<typeof payinRequest>;
/** A request that was checked, with its defaults. */
export type CheckedRequest = z.output<typeof payinRequest>;
