import { z } from 'zod';
import type { NextStep } from './next-step';
import { CARD_TOKEN, freeText, word } from './text';

/**
 * The table of payment methods: how each is sent to Lesspay, and what it answers (docs/lesspay.md, "Ways to pay"). A pay-in
 * without a method passes `way_type`, `way_code` and `transaction_network` on as they are, to Lesspay's hosted page.
 */

/** How a method's order is sent, and what its answer has for the payer. */
export interface Method {
  /** 1: cashier (a hosted page, or a session), 2: OpenAPI. */
  readonly pay_access_type: 1 | 2;
  readonly way_type?: string;
  readonly way_code?: string;
  /** The only currency that it takes. */
  readonly currency?: string;
  /** `minor`: the amount is sent as an integer in minor units. Absent: as a decimal string in major units, like everywhere else. */
  readonly amount?: 'minor';
  /** The page on local ways writes `v2`, and the lifetime as text. */
  readonly local?: true;
  /** What the payer is shown. */
  readonly shows: NextStep['type'];
  /** It needs `CARD_SECRET_KEYS`, because its order is sent or answered with a secret. */
  readonly secret?: true;
}

const LOCAL = { pay_access_type: 2, amount: 'minor', local: true } as const;

export const METHODS = {
  crypto: { pay_access_type: 1, way_type: 'CRYPTO', shows: 'redirect' },
  card: { pay_access_type: 1, way_type: 'CARD_PAYMENT', shows: 'redirect' },
  card_session: { pay_access_type: 1, way_code: 'CHECKOUT_CARDPAYMENT', shows: 'payment_session', secret: true },
  card_token: { pay_access_type: 2, way_type: 'CARD_PAYMENT', shows: 'none', secret: true },
  bank_push_mxn: {
    ...LOCAL,
    way_type: 'BANK_TRANSFER',
    way_code: 'TAZAPAY_BANK_PUSH_MXN',
    currency: 'MXN',
    shows: 'bank_transfer',
  },
  pix_brl: { ...LOCAL, way_code: 'TAZAPAY_PIX_BRL', currency: 'BRL', shows: 'qr_code' },
} as const satisfies Readonly<Record<string, Method>>;

export type MethodType = keyof typeof METHODS;

export const isMethodType = (text: string): text is MethodType => Object.hasOwn(METHODS, text);
export const METHOD_TYPES: readonly MethodType[] = Object.keys(METHODS).filter(isMethodType);

/** The entry of a method, as the general type. */
export const methodOf = (type: MethodType): Method => METHODS[type];

/** The method that has this `way_code` of Lesspay's. */
export const typeOfCode = (way_code: string | undefined): MethodType | undefined =>
  METHOD_TYPES.find((type) => way_code !== undefined && methodOf(type).way_code === way_code);

export function methodOfCode(way_code: string | undefined): Method | undefined {
  const type = typeOfCode(way_code);
  return type && methodOf(type);
}

/** Methods whose amounts Lesspay documents in contradiction. A wrong reading is a factor of 100. */
export const MINOR_UNIT_METHODS = METHOD_TYPES.filter((type) => methodOf(type).amount === 'minor');

/** What an installation allows. */
export interface Allowed {
  /** Methods of which Lesspay has confirmed that they take minor units (`LESSPAY_MINOR_UNIT_METHODS`). */
  readonly minorUnits: readonly string[];
  /** Is there a key to keep secrets of cards with (`CARD_SECRET_KEYS`)? */
  readonly secrets: boolean;
}

/** Why an installation refuses a method; undefined when it takes it. */
export function methodRefusal(type: MethodType, { minorUnits, secrets }: Allowed): string | undefined {
  const { amount, secret } = methodOf(type);
  if (amount === 'minor' && !minorUnits.includes(type))
    return `${type} is refused: Lesspay documents its amounts both in minor units (10000 for 100.00) and as decimal text, and a wrong reading is a factor of 100. Once Lesspay has confirmed minor units, add ${type} to the setting LESSPAY_MINOR_UNIT_METHODS of the API and the workers`;
  if (secret && !secrets)
    return `${type} is refused: its secrets must be encrypted. Set CARD_SECRET_KEYS of the API and the workers`;
  return undefined;
}

const three_ds = z.strictObject({ enabled: z.boolean() }).exactOptional().meta({
  description:
    '3-D Secure. Without it Lesspay decides, which means on. With `enabled` false the channel may still ask for it.',
});

const customer = z
  .record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must have names of a-z, 0-9 and "_"'), freeText(100))
  .refine((members) => Object.keys(members).length > 0, 'must not be empty')
  .refine((members) => Object.keys(members).length <= 20, 'must have at most 20 members')
  .meta({
    minProperties: 1,
    maxProperties: 20,
    description:
      "The payer's data that the method needs, e.g. `name`, `email`, `tax_id`. It is sent to Lesspay unchanged, as `customer_data`. Lesspay does not publish which members it takes.",
  });

/** What a merchant states of each method: a discriminated union over `type`. Unknown fields are refused. */
export const paymentMethod = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('crypto'),
      transaction_network: word.exactOptional().meta({ description: 'The network, e.g. `TRC20`.' }),
      way_code: word.exactOptional().meta({ description: "Lesspay's code of an exact method." }),
    })
    .meta({ title: 'crypto', description: "Crypto, on Lesspay's page." }),
  z
    .strictObject({ type: z.literal('card'), three_ds })
    .meta({ title: 'card', description: "A card, entered on Lesspay's page." }),
  z
    .strictObject({ type: z.literal('card_session'), three_ds })
    .meta({ title: 'card_session', description: "A card, entered in Checkout.com's form on the merchant's page." }),
  z
    .strictObject({
      type: z.literal('card_token'),
      token: z
        .string()
        .regex(CARD_TOKEN, 'must be 8 to 200 letters, digits, ".", ":", "_" or "-"')
        .exactOptional()
        .meta({ description: 'The token of a stored card, from Lesspay. A secret.' }),
      stored_card: z
        .string()
        .regex(/^card_[0-9a-f]{32}$/, 'must be the id of a stored card, "card_" and 32 hex digits')
        .exactOptional()
        .meta({
          description:
            'The `stored_card.id` of an earlier pay-in, in place of the token. Any pay-in of this installation may use it: your backend must know that the card is the payer’s.',
        }),
    })
    .refine(({ token, stored_card }) => (token === undefined) !== (stored_card === undefined), {
      error: 'must state the card: either "token" or "stored_card"',
    })
    .meta({
      title: 'card_token',
      description:
        'A card that was stored at Lesspay before. The payer need not act. Either `token` or `stored_card` is required.',
      oneOf: [{ required: ['token'] }, { required: ['stored_card'] }],
    }),
  z
    .strictObject({ type: z.literal('bank_push_mxn'), customer })
    .meta({ title: 'bank_push_mxn', description: 'A bank transfer in Mexico. `currency` must be `MXN`.' }),
  z
    .strictObject({ type: z.literal('pix_brl'), customer })
    .meta({ title: 'pix_brl', description: 'PIX in Brazil. `currency` must be `BRL`.' }),
]);

/** A method as the merchant states it. */
export type PaymentMethod = z.output<typeof paymentMethod>;
