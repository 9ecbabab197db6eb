import { z } from 'zod';
import { isAmount } from './amount';
import { refuse, refuseParameters, succeed, withoutBlanks, type Answer } from './envelope';
import { STATUS_INT } from './order';
import type { CreateFault } from './faults';
import type { OrderBook } from './order-book';
import type { Settings } from './settings';
import { isLocal, MINOR_DIGITS, wayAnswer } from './way';

/** Seconds. Lesspay's default is not certain: half an hour is the one on its page on local ways to pay. */
const DEFAULT_LIFETIME = 1800;

const text = (limit: number) =>
  z
    .string('must be a string')
    .min(1, 'is required')
    .refine((value) => Array.from(value).length <= limit, `must be at most ${limit} characters`);

export const isHttpUrl = (value: string): boolean => /^https?:\/\/[^/?#]/.test(value) && URL.canParse(value);

const url = z.string('must be a string').refine(isHttpUrl, 'must be an http(s) URL');
const shortUrl = url.refine((value) => value.length <= 255, 'must be at most 255 characters');

/** The limits of docs/lesspay.md, "create-order". Other members are ignored. */
const createRequest = z
  .object({
    request_id: text(20),
    product_name: text(30),
    description: text(50),
    target_amount: z.union(
      [z.string().refine(isAmount), z.int().positive()],
      'must be a decimal above zero, as a string such as "100.00"',
    ),
    target_currency: z.string('must be a string').regex(/^[A-Z0-9]{3,10}$/, 'must be a currency code, such as USDT'),
    transaction_type: z.literal('PAY_IN', 'must be PAY_IN'),
    success_url: shortUrl,
    fail_url: shortUrl,
    api_version: z.enum(['V1', 'V2', 'v2'], 'must be V2'),
    pay_access_type: z.literal([1, 2], 'must be 1 or 2'),
    notify_url: url.optional(),
    expired_time: z
      .union([z.int(), z.string().regex(/^\d+$/)], 'must be whole seconds')
      .refine((seconds) => Number(seconds) >= 1, 'must be above zero')
      .default(DEFAULT_LIFETIME),
    way_type: z.string('must be a string').optional(),
    way_code: z.string('must be a string').optional(),
    transaction_network: z.string('must be a string').optional(),
    use_channel_request_id: z.boolean('must be true or false').optional(),
    channel_extra: z.looseObject({}, 'must be an object').optional(),
  })
  .superRefine(
    ({ way_type, way_code, pay_access_type, notify_url, channel_extra, target_amount, expired_time }, context) => {
      const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
      const local = isLocal(way_code);
      if (!local && typeof target_amount === 'number')
        refuse('target_amount', 'must be a decimal string, such as "100.00"');
      if (local && typeof target_amount === 'string') refuse('target_amount', 'must be an integer in minor units');
      if (!local && typeof expired_time === 'string') refuse('expired_time', 'must be whole seconds');
      if (local && pay_access_type !== 2) refuse('pay_access_type', `must be 2 for ${way_code}`);
      if (local && channel_extra?.['customer_data'] === undefined)
        refuse('channel_extra', `must have customer_data for ${way_code}`);
      if (way_type !== 'CARD_PAYMENT' && !local) return;
      if (notify_url === undefined) refuse('notify_url', 'is required for a card payment and for local ways');
      if (pay_access_type === 2 && channel_extra === undefined)
        refuse('channel_extra', 'is required for a card by OpenAPI');
    },
  );

export interface CreateOrderDeps {
  readonly book: OrderBook;
  /** The URL for webhooks of orders without `notify_url`. */
  readonly notifyUrl: string | undefined;
  readonly settings: Settings;
  readonly checkoutUrl: (pay_order_id: string) => string;
}

/** Lesspay's create-order. Refuses a `request_id` that was used before, also with the same content. */
export function createOrder(
  body: object,
  fault: CreateFault | undefined,
  { book, notifyUrl, settings, checkoutUrl }: CreateOrderDeps,
): Answer {
  const result = createRequest.safeParse(withoutBlanks(body));
  if (!result.success) return refuseParameters(result.error);
  const request = result.data;
  if (book.findByRequestId(request.request_id)) return refuse(1201, 'request_id already exists');
  const order = book.create(
    {
      request_id: request.request_id,
      status: settings.get().new_order_status,
      target_amount: amountOf(request.target_amount, settings.get().local_amounts),
      target_currency: request.target_currency,
      product_name: request.product_name,
      description: request.description,
      success_url: request.success_url,
      fail_url: request.fail_url,
      notify_url: request.notify_url ?? (notifyUrl || null),
      way_type: request.way_type ?? null,
      way_code: request.way_code ?? null,
    },
    Number(request.expired_time),
  );
  const data = {
    request_id: order.request_id,
    pay_order_id: order.pay_order_id,
    order_status: order.status,
    order_status_int: STATUS_INT[order.status],
    target_amount: fault?.amount ?? request.target_amount,
    target_currency: order.target_currency,
    expired_time: request.expired_time,
    ...(request.channel_extra?.['extra_type'] === 'token'
      ? {} // nothing is left for the payer to do
      : wayAnswer(order.way_code, order.pay_order_id, order.target_amount, checkoutUrl(order.pay_order_id))),
  };
  return succeed(SHAPES[settings.get().answer_shape](data));
}

/** The amount in major units, as this Lesspay reads it. */
function amountOf(sent: string | number, read: 'minor' | 'major'): string {
  if (typeof sent === 'string') return sent;
  if (read === 'major') return `${sent}.00`;
  const digits = String(sent).padStart(MINOR_DIGITS + 1, '0');
  return `${digits.slice(0, -MINOR_DIGITS)}.${digits.slice(-MINOR_DIGITS)}`;
}

/** Where the facts leave open which shape the real answer has. */
const SHAPES: Record<'snake' | 'camel' | 'order_data', (data: object) => unknown> = {
  snake: (data) => data,
  camel,
  order_data: (data) => ({ order_data: camel(data) }),
};

function camel(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const name = (text: string) => text.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [name(member), camel(inner)]));
}
