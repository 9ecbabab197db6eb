import { z } from 'zod';
import { isAmount } from './amount';
import { refuse, refuseParameters, succeed, withoutBlanks, type Answer } from './envelope';
import { STATUS_INT } from './order';
import type { OrderBook } from './order-book';
import type { Settings } from './settings';

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
    target_amount: z
      .string('must be a decimal string, such as "100.00"')
      .refine(isAmount, 'must be a decimal above zero'),
    target_currency: z.string('must be a string').regex(/^[A-Z0-9]{3,10}$/, 'must be a currency code, such as USDT'),
    transaction_type: z.literal('PAY_IN', 'must be PAY_IN'),
    success_url: shortUrl,
    fail_url: shortUrl,
    api_version: z.enum(['V1', 'V2'], 'must be V2'),
    pay_access_type: z.literal([1, 2], 'must be 1 or 2'),
    notify_url: url.optional(),
    expired_time: z.int('must be whole seconds').min(1, 'must be above zero').default(DEFAULT_LIFETIME),
    way_type: z.string('must be a string').optional(),
    way_code: z.string('must be a string').optional(),
    transaction_network: z.string('must be a string').optional(),
    use_channel_request_id: z.boolean('must be true or false').optional(),
    channel_extra: z.looseObject({}, 'must be an object').optional(),
    three_ds: z.looseObject({}, 'must be an object').optional(),
  })
  .superRefine(({ way_type, pay_access_type, notify_url, channel_extra }, context) => {
    if (way_type !== 'CARD_PAYMENT') return;
    if (notify_url === undefined)
      context.addIssue({ code: 'custom', path: ['notify_url'], message: 'is required for a card payment' });
    if (pay_access_type === 2 && channel_extra === undefined)
      context.addIssue({ code: 'custom', path: ['channel_extra'], message: 'is required for a card by OpenAPI' });
  });

export interface CreateOrderDeps {
  readonly book: OrderBook;
  /** The URL for webhooks of orders without `notify_url`. */
  readonly notifyUrl: string | undefined;
  readonly settings: Settings;
  readonly checkoutUrl: (pay_order_id: string) => string;
}

/** Lesspay's create-order. Refuses a `request_id` that was used before, also with the same content. */
export function createOrder(body: object, { book, notifyUrl, settings, checkoutUrl }: CreateOrderDeps): Answer {
  const result = createRequest.safeParse(withoutBlanks(body));
  if (!result.success) return refuseParameters(result.error);
  const request = result.data;
  if (book.findByRequestId(request.request_id)) return refuse(1201, 'request_id already exists');
  const order = book.create(
    {
      request_id: request.request_id,
      status: settings.get().new_order_status,
      target_amount: request.target_amount,
      target_currency: request.target_currency,
      product_name: request.product_name,
      description: request.description,
      success_url: request.success_url,
      fail_url: request.fail_url,
      notify_url: request.notify_url ?? (notifyUrl || null),
      way_type: request.way_type ?? null,
    },
    request.expired_time,
  );
  return succeed({
    request_id: order.request_id,
    pay_order_id: order.pay_order_id,
    order_status: order.status,
    order_status_int: STATUS_INT[order.status],
    target_amount: order.target_amount,
    target_currency: order.target_currency,
    expired_time: request.expired_time,
    checkout_url: checkoutUrl(order.pay_order_id),
  });
}
