import type { z } from 'zod';
import { checkoutUrl, createdOrder, envelope } from './answer-schemas';
import { clockProblem } from './clock';
import { JsonError, LesspayError, type LesspayEffect, type LesspayErrorDetails, type LesspayErrorKind } from './errors';
import { parseJsonObject, plainJson } from './json';
import type { Redact } from './redact';
import { membersOf } from './stated';

/** What came back over HTTP; the text perhaps cut at the size limit. */
export interface HttpAnswer {
  readonly status: number;
  /** How far our clock is ahead of the answer's `Date`, ms; absent where that is not known. */
  readonly clock_offset_ms?: number | undefined;
  readonly text: string;
}

/** A new order. Without a checkout URL the payer can not be sent anywhere, but the order is there. */
export interface CreatedOrder {
  readonly pay_order_id: string;
  readonly checkout_url?: string;
}

type Verdict = LesspayErrorKind | 'success' | 'not_found';

/** docs/lesspay.md, "Error codes". */
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
 * What a body is: Lesspay's envelope; other JSON, or what begins like it (an envelope that is cut short, a framework's
 * error); the page of a CDN, a proxy or a firewall; or anything else, e.g. nothing.
 */
export type BodyForm = 'envelope' | 'json' | 'page' | 'other';

/** The part of an answer that says what it means. */
export interface AnswerSigns {
  readonly status: number;
  readonly form: BodyForm;
  /** Of the envelope. */
  readonly code?: number | undefined;
}

/** Nobody who speaks so has anything to say of our request: it may have got through to Lesspay, or not. */
const isStranger = (form: BodyForm): boolean => form === 'page' || form === 'other';

const saysServerIsDown = (status = 0): boolean => status === 408 || status >= 500;

/**
 * What an answer means. The HTTP status decides where it speaks of the sender, of a server in trouble or of
 * somebody else answering; then the body's code, where it is a known one; then the status again.
 * A 403 without the envelope is a firewall's, and says nothing of our credentials. A 401 is Lesspay's, whose reference
 * does not say with which body, unless it is a page. What else is no JSON is a stranger's: Lesspay is out of reach.
 */
export function verdict({ status, form, code }: AnswerSigns): Verdict {
  if (status === 401) return form === 'page' ? 'unavailable' : 'credentials';
  if (status === 403) return form === 'envelope' ? 'credentials' : 'unavailable';
  if (status === 429) return 'rate_limited';
  if (saysServerIsDown(status)) return 'unavailable';
  if (status >= 300 && status < 400) return 'misdirected';
  const byCode = VERDICT_BY_CODE.get(code);
  if (byCode) return byCode;
  if (status === 404 || status === 405) return code === 0 ? 'unreadable' : 'misdirected';
  if (isStranger(form)) return 'unavailable';
  const ok = status >= 200 && status < 300;
  if (ok && code === 0) return 'success';
  if (code === 0 || (ok && code === undefined)) return 'unreadable';
  return status === 400 ? 'refused' : 'unavailable';
}

const SURELY_DID_NOT: ReadonlySet<LesspayErrorKind> = new Set(['credentials', 'rate_limited', 'refused', 'duplicate']);

/**
 * Whether a create-order that was answered so took effect: only what surely did not is said not to have.
 * A CDN may put its own 404 in the place of whatever Lesspay answered.
 */
export function createEffect(kind: LesspayErrorKind, { status, form }: AnswerSigns): LesspayEffect {
  const notThere = kind === 'misdirected' && status >= 400 && !isStranger(form);
  return notThere || SURELY_DID_NOT.has(kind) ? 'did_not' : 'may_have';
}

/**
 * Reads the answer to create-order.
 * @param requestId what was sent
 * @throws LesspayError for every answer but a new order
 */
export function readCreateAnswer(answer: HttpAnswer, requestId: string, redact: Redact): CreatedOrder {
  const { verdict, signs, data, details } = readAnswer(answer, redact);
  if (verdict !== 'success') {
    const kind = verdict === 'not_found' ? 'unavailable' : verdict;
    throw new LesspayError(kind, createEffect(kind, signs), describe(kind, details), details);
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
  readonly signs: AnswerSigns;
  readonly data: unknown;
  readonly details: LesspayErrorDetails;
}

export function readAnswer({ status, text, clock_offset_ms }: HttpAnswer, redact: Redact): ReadAnswer {
  const { form, body } = readBody(text);
  const signs = { status, form, code: body?.code };
  const details = {
    http_status: status,
    lesspay_code: body?.code,
    lesspay_message: body?.msg === undefined ? undefined : redact(body.msg),
    body_excerpt: redact(text),
    clock_offset_ms,
  };
  return { verdict: verdict(signs), signs, data: body?.data, details };
}

/** The envelope, where the body is one: `{ code, … }`. */
function readBody(text: string): { readonly form: BodyForm; readonly body?: z.output<typeof envelope> | undefined } {
  const body = readEnvelope(text);
  if (body) return { form: 'envelope', body };
  const first = text.trimStart().charAt(0);
  return { form: first === '{' || first === '[' ? 'json' : first === '<' ? 'page' : 'other' };
}

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
  const clock = kind === 'credentials' ? clockProblem(details.clock_offset_ms) : undefined;
  const isNoneOfLesspay = kind === 'unavailable' && lesspay_code === undefined && !saysServerIsDown(http_status);
  const what = isNoneOfLesspay ? 'Lesspay is out of reach: what answered is not its JSON' : WHAT[kind];
  return `${what ?? 'Lesspay’s answer can’t be read'} (HTTP ${http_status}${code}${said}).${clock === undefined ? '' : ` ${clock}`}`;
}
