import { randomBytes } from 'node:crypto';
import { readCreateAnswer, type CreatedOrder, type HttpAnswer } from './answer';
import type { Order } from './answer-schemas';
import { checkRequest } from './check-request';
import { clockOffset, clockProblem } from './clock';
import { readListAnswer, type OrderPage } from './list-answer';
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
  /** For the whole answer of create-order, ms; 30,000 where absent. A late answer holds the only checkout URL. */
  readonly createTimeoutMs?: number;
  /** For the whole answer of query-order, ms; 10,000 where absent. */
  readonly queryTimeoutMs?: number;
  /** No more than this is read of an answer, or of each 50 rows of a list; 1 MiB where absent. */
  readonly maxAnswerBytes?: number;
  /** Epoch ms, for the timestamp header. */
  readonly now?: () => number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface QueryOptions extends CallOptions {
  /** ms; the client's where absent. */
  readonly timeoutMs?: number;
}

export interface QueryOrderOptions extends QueryOptions {
  /** Of the order that is asked for by its `request_id`: an answer that names it under another one is told, not overlooked. */
  readonly knownPayOrderId?: string | undefined;
}

export interface LesspayClient {
  /**
   * Creates an order, once: nothing is retried here.
   * @throws LesspayError whose `effect` says whether the order surely does not, may or surely does exist
   */
  createOrder(request: CreateOrderRequest, options?: CallOptions): Promise<CreatedOrder>;
  /**
   * Looks one order up, by either id or both, among those of a time range (epoch ms) of at most 7 days.
   * @returns undefined when Lesspay surely does not have it. Where one of its ids is not the one that was given, see to it:
   *   it is not the order you made
   * @throws LesspayError; of kind `unreadable` when the order may be in an answer that can't be understood
   */
  queryOrder(query: OrderQuery, options?: QueryOrderOptions): Promise<Order | undefined>;
  /**
   * One page of the orders of a time range (epoch ms) of at most 7 days, in Lesspay's order. Whether that range is one
   * of creation, and what a page past the last one looks like, is not public.
   * @throws LesspayError for every answer but a page; a row that can't be read is in the page, marked as such
   */
  listOrders(list: OrderList, options?: QueryOptions): Promise<OrderPage>;
  /**
   * Asks for an order that does not exist, which changes nothing: does Lesspay take our requests, and do the clocks agree?
   * @returns what a person should hear of our clock; undefined where it agrees with the answer's
   * @throws LesspayError for every answer but "not found"
   */
  check(options?: QueryOptions): Promise<string | undefined>;
}

/**
 * A client of Lesspay's pay-in API (docs/lesspay.md, "Hosts and calls").
 * @throws LesspayError of kind `invalid_request` that names every bad option
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
    const text = JSON.stringify(body); // signed and sent: the same text
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
        body: { ...order, api_version: 'V2', transaction_type: 'PAY_IN' },
        hidden: textsIn(card),
        timeoutMs: createTimeoutMs,
        effectIfSent: 'may_have',
        signal,
      });
      return readCreateAnswer(answer, order.request_id, redact);
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

/** A page of a thousand rows is more work than one order. */
const LIST_TIMEOUT_MS = 30_000;

interface Call extends Pick<Post, 'timeoutMs' | 'signal' | 'effectIfSent'> {
  readonly name: 'create-order' | 'query-order';
  readonly body: object;
  /** What of the body no excerpt of the answer may show. */
  readonly hidden?: readonly string[];
  readonly maxBytes?: number;
}
