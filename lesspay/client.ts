import { randomBytes } from 'node:crypto';
import { readCreateAnswer, type CreatedOrder, type HttpAnswer } from './answer';
import type { Order } from './answer-schemas';
import { checkRequest } from './check-request';
import { clockOffset, clockProblem } from './clock';
import { createOrderBody } from './create-order-body';
import { readListAnswer, type OrderPage } from './list-answer';
import { methodOfCode } from './methods';
import { readQueryAnswer } from './query-answer';
import { redactor, textsIn, type Redact } from './redact';
import {
  clientOptions,
  createOrderRequest,
  orderList,
  orderQuery,
  PAGE_SIZE,
  type CreateOrderRequest,
  type OrderList,
  type OrderQuery,
} from './schemas';
import { requestSignature } from './signature';
import { post, type Post } from './transport';

export interface LesspayClientOptions {
  /** e.g. `https://lesspay2-pay-uat.doopayment.com` */
  readonly baseUrl: string;
  readonly appId: string;
  readonly secret: string;
  /** Time limit for create-order with its whole answer, ms. Default: 30,000, because a late answer has the only checkout URL. */
  readonly createTimeoutMs?: number;
  /** Time limit for query-order with its whole answer, ms. Default: 10,000. */
  readonly queryTimeoutMs?: number;
  /** An answer is cut at this size; a list at this size for each 50 rows. Default: 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Epoch ms, for the timestamp header. */
  readonly now?: () => number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface QueryOptions extends CallOptions {
  /** Time limit, ms. Default: the client's `queryTimeoutMs`; for `listOrders` 30,000. */
  readonly timeoutMs?: number;
}

export interface QueryOrderOptions extends QueryOptions {
  /** The order's `pay_order_id`, when the query is by `request_id`: finds its row also when that has another `request_id`. */
  readonly knownPayOrderId?: string | undefined;
}

export interface LesspayClient {
  /**
   * Creates an order. Makes one call, without retries.
   * @throws LesspayError; its `effect` says whether the order does not exist, may exist or does exist
   */
  createOrder(request: CreateOrderRequest, options?: CallOptions): Promise<CreatedOrder>;
  /**
   * Looks one order up by one id or both, in a time range (epoch ms) of at most 7 days.
   * @returns undefined when Lesspay certainly does not have it. Compare the ids: when one of them differs from yours, it is
   *   not the order that you created
   * @throws LesspayError; of kind `unreadable` when the answer can't be understood and may contain the order
   */
  queryOrder(query: OrderQuery, options?: QueryOrderOptions): Promise<Order | undefined>;
  /**
   * One page of the orders in a time range (epoch ms) of at most 7 days, in Lesspay's order. It is not public whether the
   * range filters by the time of creation, and what is answered for a page after the last one.
   * @throws LesspayError for every answer that is not a page. A row that can't be read stays in the page, marked so
   */
  listOrders(list: OrderList, options?: QueryOptions): Promise<OrderPage>;
  /**
   * Checks the connection, the credentials and the clock. Asks for an order that does not exist, which changes nothing.
   * @returns a message about our clock when it is wrong; otherwise undefined
   * @throws LesspayError for every answer other than "not found"
   */
  check(options?: QueryOptions): Promise<string | undefined>;
}

/**
 * A client of Lesspay's pay-in API (docs/lesspay.md, "Hosts and calls").
 * @throws LesspayError of kind `invalid_request` that names every wrong option
 */
export function createLesspayClient({ now = Date.now, ...options }: LesspayClientOptions): LesspayClient {
  const { baseUrl, appId, secret, createTimeoutMs, queryTimeoutMs, maxAnswerBytes } = checkRequest(
    clientOptions,
    options,
  );

  async function call({
    name,
    body,
    hidden = [],
    maxBytes = maxAnswerBytes,
    ...rest
  }: Call): Promise<[HttpAnswer, Redact]> {
    const text = JSON.stringify(body); // the same text is signed and sent
    const signature = requestSignature(text, secret);
    const sent_at = now();
    const { date, ...answer } = await post({
      url: `${baseUrl}/api/global/v1/pay/${name}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-auth-appid': appId,
        'x-auth-timestamp': String(Math.trunc(sent_at)),
        'x-auth-signature': signature,
      },
      text,
      maxBytes,
      ...rest,
    });
    const clock_offset_ms = clockOffset(date, sent_at, now());
    return [{ ...answer, clock_offset_ms }, redactor([appId, secret, signature, ...hidden])];
  }

  const ask = (asked: OrderQuery, { signal, timeoutMs = queryTimeoutMs }: QueryOptions = {}) =>
    call({
      name: 'query-order',
      body: { ...asked, page: 1, page_size: PAGE_SIZE },
      timeoutMs,
      effectIfSent: 'did_not',
      signal,
    });

  return {
    async createOrder(request, { signal } = {}) {
      const order = checkRequest(createOrderRequest, request);
      const { extra_type: _type, ...card } = order.channel_extra ?? {};
      const [answer, redact] = await call({
        name: 'create-order',
        body: createOrderBody(order),
        hidden: textsIn(card),
        timeoutMs: createTimeoutMs,
        effectIfSent: 'may_have',
        signal,
      });
      return readCreateAnswer(answer, order.request_id, redact, methodOfCode(order.way_code)?.shows);
    },

    async queryOrder(query, { knownPayOrderId, ...options } = {}) {
      const asked = checkRequest(orderQuery, query);
      const [answer, redact] = await ask(asked, options);
      return readQueryAnswer(answer, asked, redact, { pay_order_id: knownPayOrderId, ...asked });
    },

    async listOrders(list, { signal, timeoutMs = LIST_TIMEOUT_MS } = {}) {
      const asked = checkRequest(orderList, list);
      const [answer, redact] = await call({
        name: 'query-order',
        body: asked,
        timeoutMs,
        maxBytes: maxAnswerBytes * Math.ceil(asked.page_size / 50),
        effectIfSent: 'did_not',
        signal,
      });
      return readListAnswer(answer, redact);
    },

    async check(options) {
      const end_time = Math.trunc(now());
      const asked = { request_id: `check-${randomBytes(6).toString('hex')}`, start_time: end_time - HOUR_MS, end_time };
      const [answer, redact] = await ask(asked, options);
      readQueryAnswer(answer, asked, redact);
      return clockProblem(answer.clock_offset_ms);
    },
  };
}

const HOUR_MS = 3_600_000;

/** Longer than for one order, because a page may have 1,000 rows. */
const LIST_TIMEOUT_MS = 30_000;

interface Call extends Pick<Post, 'timeoutMs' | 'signal' | 'effectIfSent'> {
  readonly name: 'create-order' | 'query-order';
  readonly body: object;
  /** Texts in the body that an excerpt of the answer must not contain, e.g. card data. */
  readonly hidden?: readonly string[];
  readonly maxBytes?: number;
}
