import { checkoutUrl, createdOrder, envelope } from './answer-schemas';
import { JsonError, LesspayError, type LesspayEffect, type LesspayErrorDetails, type LesspayErrorKind } from './errors';
import { parseJsonObject, plainJson } from './json';
import type { Redact } from './redact';
import { membersOf } from './stated';

/** What came back over HTTP; the text perhaps cut at the size limit. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A new order. Without a checkout URL the payer can not be sent anywhere, but the order is there. */
export interface CreatedOrder {
  readonly pay_order_id: string;
  readonly checkout_url?: string;
}

type Verdict = LesspayErrorKind | 'success' | 'not_found';

/** `lesspay-api.md`, "Error codes". */
const VERDICT_BY_CODE: ReadonlyMap<number | undefined, Verdict> = new Map([
  [10, 'unavailable'],
  [11, 'refused'],
  [12, 'unavailable'],
  [1201, 'duplicate'],
  [1202, 'not_found'],
  [5000, 'refused'],
  [5002, 'refused'],
  [5003, 'not_found'],
  [5004, 'credentials'],
  [9999, 'refused'],
]);

/**
 * What an answer means. The HTTP status decides where it speaks of the sender, of a server in trouble or of
 * somebody else answering; then the body's code, where it is a known one; then the status again.
 */
export function verdict(status: number, code: number | undefined): Verdict {
  if (status === 401 || status === 403) return 'credentials';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status >= 500) return 'unavailable';
  if (status >= 300 && status < 400) return 'misdirected';
  const byCode = VERDICT_BY_CODE.get(code);
  if (byCode) return byCode;
  const ok = status >= 200 && status < 300;
  if (ok && code === 0) return 'success';
  if (code === 0 || (ok && code === undefined)) return 'unreadable';
  if (status === 400) return 'refused';
  if (status === 404 || status === 405) return 'misdirected';
  return 'unavailable';
}

const SURELY_DID_NOT: ReadonlySet<LesspayErrorKind> = new Set(['credentials', 'rate_limited', 'refused', 'duplicate']);

/** Whether a create-order that was answered so took effect: only what surely did not is said not to have. */
export function createEffect(kind: LesspayErrorKind, status: number): LesspayEffect {
  const notThere = kind === 'misdirected' && status >= 400;
  return notThere || SURELY_DID_NOT.has(kind) ? 'did_not' : 'may_have';
}

/**
 * Reads the answer to create-order.
 * @param requestId what was sent
 * @throws LesspayError for every answer but a new order
 */
export function readCreateAnswer(answer: HttpAnswer, requestId: string, redact: Redact): CreatedOrder {
  const { verdict, data, details } = readAnswer(answer, redact);
  if (verdict !== 'success') {
    const kind = verdict === 'not_found' ? 'unavailable' : verdict;
    throw new LesspayError(kind, createEffect(kind, answer.status), describe(kind, details), details);
  }
  const order = [data, membersOf(data)?.['order_data'], membersOf(data)?.['orderData']]
    .map((candidate) => createdOrder.safeParse(candidate).data)
    .find((candidate) => candidate !== undefined);
  if (!order) {
    const message = 'Lesspay answered success to create-order, but named no order id.';
    throw new LesspayError('unreadable', 'may_have', message, details);
  }
  const { pay_order_id, request_id = requestId, checkout_url } = order;
  const did = (message: string) => new LesspayError('unreadable', 'did', message, { ...details, pay_order_id });
  if (request_id !== requestId) throw did('Lesspay answered create-order with an order of another request_id.');
  if (checkout_url === undefined) return { pay_order_id };
  const url = checkoutUrl.safeParse(checkout_url);
  if (!url.success) throw did('Lesspay created the order, but its checkout_url is not an absolute http(s) URL.');
  return { pay_order_id, checkout_url: url.data };
}

export interface ReadAnswer {
  readonly verdict: Verdict;
  readonly data: unknown;
  readonly details: LesspayErrorDetails;
}

export function readAnswer({ status, text }: HttpAnswer, redact: Redact): ReadAnswer {
  const body = readEnvelope(text);
  const details = {
    http_status: status,
    lesspay_code: body?.code,
    lesspay_message: body?.msg === undefined ? undefined : redact(body.msg),
    body_excerpt: redact(text),
  };
  return { verdict: verdict(status, body?.code), data: body?.data, details };
}

/** Undefined when the body is not `{ code, … }`: HTML, truncated JSON, anything. */
function readEnvelope(text: string) {
  try {
    return envelope.safeParse(plainJson(parseJsonObject(text))).data;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

const WHAT: Readonly<Partial<Record<LesspayErrorKind, string>>> = {
  refused: 'Lesspay refused the request',
  duplicate: 'Lesspay already has an order with this request_id',
  credentials: 'Lesspay did not accept the credentials',
  rate_limited: 'Lesspay takes no more requests for now',
  unavailable: 'Lesspay could not handle the request',
  misdirected: 'What answered does not look like Lesspay’s API',
};

/** e.g. `Lesspay refused the request (HTTP 200, code 11: amount too small).` */
export function describe(kind: LesspayErrorKind, details: LesspayErrorDetails): string {
  const { http_status, lesspay_code, lesspay_message } = details;
  const code = lesspay_code === undefined ? '' : `, code ${lesspay_code}`;
  const said = lesspay_message === undefined ? '' : `: ${lesspay_message}`;
  return `${WHAT[kind] ?? 'Lesspay’s answer can’t be read'} (HTTP ${http_status}${code}${said}).`;
}
