import { z } from 'zod';
import { methodOfCode } from './methods';
import { freeText, isWebUrl, webUrl, word } from './text';

/**
 * Schemas of what is sent to Lesspay, with all limits of docs/lesspay.md, "create-order" and "query-order". Unknown fields are
 * refused. The schemas of Lesspay's answers: `answer-schemas.ts`.
 */

const three_ds = z.strictObject({ enabled: z.boolean() }).optional();

/** docs/lesspay.md, "Cards" and "Local ways". A token's payment has no 3-D Secure. */
const channelExtra = z.discriminatedUnion('extra_type', [
  z.strictObject({
    extra_type: z.literal('card'),
    card_data: z.looseObject({
      number: z.string().regex(/^\d{12,19}$/, 'must be 12 to 19 digits'),
      store_for_future_use: z.boolean('must be true or false').optional(),
    }),
    three_ds,
  }),
  z.strictObject({
    extra_type: z.literal('token'),
    token_data: z.looseObject({ token: z.string().min(1, 'must not be empty') }),
  }),
  z.strictObject({
    extra_type: z.undefined().optional(),
    three_ds,
    customer_data: z.record(z.string(), freeText(100)).optional(),
  }),
]);

/** Decimal text in major units, e.g. "100.00", without leading zeros. */
export const amountText = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,8})?$/, 'must be a decimal string, e.g. "100.00"')
  .regex(/^(?!0\d)/, 'must not have leading zeros: write "7.00", not "007.00"')
  .regex(/[1-9]/, 'must be above zero')
  // All of these in one pattern, for JSON Schema.
  .meta({ pattern: '^(?=.*[1-9])(0|[1-9][0-9]{0,14})(\\.[0-9]{1,8})?$' });

/** Lesspay's Integer has 32 bits. */
export const MOST_MINOR_UNITS = 2 ** 31 - 1;

const AMOUNT = 'must be a decimal string above zero without leading zeros, e.g. "100.00"';

/** The request of `create-order`, without `api_version` and `transaction_type`, which the client adds. */
export const createOrderRequest = z
  .strictObject({
    /** Lesspay's idempotency key: never use one again. */
    request_id: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/, 'must be 1 to 20 letters, digits, ".", "_" or "-"'),
    product_name: freeText(30),
    description: freeText(50),
    /** Text in major units; for some local ways an integer in minor units. */
    target_amount: z.union([z.int().positive().max(MOST_MINOR_UNITS), amountText], {
      error: ({ input }) => (input === undefined ? undefined : AMOUNT),
    }),
    target_currency: z.string().regex(/^[A-Z0-9]{3,10}$/, 'must be 3 to 10 capital letters or digits'),
    success_url: webUrl,
    fail_url: webUrl,
    /** 1: cashier (a hosted page), 2: OpenAPI (direct). */
    pay_access_type: z.union([z.literal(1), z.literal(2)]).default(1),
    /** The URL for the order's webhooks. Absent: the one that was registered at onboarding. */
    notify_url: webUrl.optional(),
    /** The order's lifetime, seconds. */
    expired_time: z.int().positive('must be a whole number of seconds above zero').optional(),
    way_type: word.optional(),
    way_code: word.optional(),
    transaction_network: word.optional(),
    use_channel_request_id: z.boolean().optional(),
    channel_extra: channelExtra.optional(),
  })
  .superRefine((request, context) => {
    const method = methodOfCode(request.way_code);
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const isCard = request.way_type === 'CARD_PAYMENT';
    const what = isCard ? 'a card payment' : request.way_code;
    if ((isCard || method?.local) && request.notify_url === undefined) refuse('notify_url', `is required for ${what}`);
    if (isCard && request.pay_access_type === 2 && request.channel_extra === undefined)
      refuse('channel_extra', `is required for ${what}`);
    if (method?.local && !hasCustomer(request.channel_extra))
      refuse('channel_extra', `with customer_data is required for ${what}`);
    if (method?.local && request.pay_access_type !== 2) refuse('pay_access_type', `must be 2 for ${what}`);
    // A wrong unit is a factor of 100: it is never converted here.
    const isMinor = typeof request.target_amount === 'number';
    if (isMinor !== (method?.amount === 'minor')) refuse('target_amount', isMinor ? AMOUNT : MINOR_UNITS);
  });

const hasCustomer = (extra: z.output<typeof channelExtra> | undefined): boolean =>
  extra?.extra_type === undefined && extra?.customer_data !== undefined;

const MINOR_UNITS = 'must be a whole number in minor units, e.g. 10000 for 100.00: so this way_code wants it';

export type CreateOrderRequest = z.input<typeof createOrderRequest>;

export const payOrderId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"');

/** Any `request_id` that Lesspay may state, also one of another system of the merchant, with other characters. */
export const anyRequestId = z.string().regex(/^[!-~]{1,64}$/, 'must be 1 to 64 printable ASCII characters');

const instant = z
  .int()
  .min(1e12, 'must be 13-digit milliseconds')
  .max(9_999_999_999_999, 'must be 13-digit milliseconds');

/** The rows of a page when one order is asked for. */
export const PAGE_SIZE = 20;

const MAX_SPAN_MS = 7 * 24 * 3_600_000;

/** The request of `query-order` for one order. Times in epoch ms. */
export const orderQuery = z
  .strictObject({
    request_id: anyRequestId.optional(),
    pay_order_id: payOrderId.optional(),
    start_time: instant,
    end_time: instant.optional(),
  })
  .superRefine(({ request_id, pay_order_id, start_time, end_time = start_time }, context) => {
    if (request_id === undefined && pay_order_id === undefined)
      context.addIssue({ code: 'custom', path: ['request_id'], message: 'or pay_order_id is required' });
    if (end_time < start_time || end_time - start_time > MAX_SPAN_MS)
      context.addIssue({ code: 'custom', path: ['end_time'], message: 'must be at most 7 days after start_time' });
  });

export type OrderQuery = z.input<typeof orderQuery>;

/** The request of `query-order` for one page of the orders in a time range. Times in epoch ms. */
export const orderList = z
  .strictObject({
    start_time: instant,
    end_time: instant,
    /** From 1. */
    page: z.int().positive('must be at least 1'),
    /** Lesspay takes at most 1000. */
    page_size: z.int().min(1, 'must be at least 1').max(1_000, 'must be at most 1000'),
  })
  .refine(({ start_time, end_time }) => end_time >= start_time && end_time - start_time <= MAX_SPAN_MS, {
    path: ['end_time'],
    message: 'must be at most 7 days after start_time',
  });

export type OrderList = z.input<typeof orderList>;

const headerText = z.string().regex(/^[!-~]+$/, 'must be printable ASCII without spaces');
const milliseconds = z
  .int()
  .positive()
  .max(2 ** 31 - 1);

/** See `LesspayClientOptions`. */
export const clientOptions = z.object({
  baseUrl: z
    .string()
    .refine(
      (text) => isWebUrl(text) && !/[?#@]/.test(text),
      'must be an absolute http(s) URL without credentials or query',
    )
    .transform((text) => text.replace(/\/+$/, '')),
  appId: headerText,
  secret: z.string().min(1, 'must not be empty'),
  createTimeoutMs: milliseconds.default(30_000),
  queryTimeoutMs: milliseconds.default(10_000),
  maxAnswerBytes: z
    .int()
    .positive()
    .default(1024 * 1024),
});
