import type { z } from 'zod';
import { createdOrder, echoedMoney, envelope } from './answer-schemas';
import { clockProblem } from './clock';
import { JsonError, LesspayError, type LesspayEffect, type LesspayErrorDetails, type LesspayErrorKind } from './errors';
import { parseJsonObject, plainJson } from './json';
import type { Redact } from './redact';
import type { NextStep } from './next-step';
import { pageIn, readStep } from './read-step';
import { membersOf, stated } from './stated';

/** An HTTP answer. */
export interface HttpAnswer {
  readonly status: number;
  /** How far our clock is ahead of the answer's `Date`, ms (see `clockOffset`). */
  readonly clock_offset_ms?: number | undefined;
  /** The body, cut at the size limit (`maxAnswerBytes`). */
  readonly text: string;
}

/** A new order. Without a next step the payer can't pay, but the order exists. */
export interface CreatedOrder {
  readonly pay_order_id: string;
  readonly next_step?: NextStep;
  /** What the answer repeats, with all digits as Lesspay wrote them: in major or in minor units. */
  readonly amount?: string;
  readonly currency?: string;
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
 * The form of a body. `envelope`: Lesspay's own. `json`: other JSON, or a text that begins with `{` or `[` (an envelope that is
 * cut, an error of a web framework). `page`: HTML or XML, from a CDN, a proxy or a firewall. `other`: anything else, also an
 * empty body.
 */
export type BodyForm = 'envelope' | 'json' | 'page' | 'other';

/** What decides the meaning of an answer. */
export interface AnswerSigns {
  readonly status: number;
  readonly form: BodyForm;
  /** The `code` in the envelope. */
  readonly code?: number | undefined;
}

/** A body that Lesspay did not write. It does not show whether Lesspay got the request. */
const isNotFromLesspay = (form: BodyForm): boolean => form === 'page' || form === 'other';

const isServerFailure = (status = 0): boolean => status === 408 || status >= 500;

/**
 * What an answer means (the table in docs/lesspay.md, "Answers"). First the HTTP status decides: 401, 403, 429, 408, 5xx, 3xx.
 * Then the body's code, if it is a known one; then the other statuses.
 * A 403 without the envelope is a firewall's and says nothing about our credentials. A 401 is Lesspay's unless its body is a
 * page: Lesspay's reference does not say which body a 401 has. Any other body that is not JSON is not Lesspay's: Lesspay is out of reach.
 */
export function verdict({ status, form, code }: AnswerSigns): Verdict {
  if (status === 401) return form === 'page' ? 'unavailable' : 'credentials';
  if (status === 403) return form === 'envelope' ? 'credentials' : 'unavailable';
  if (status === 429) return 'rate_limited';
  if (isServerFailure(status)) return 'unavailable';
  if (status >= 300 && status < 400) return 'misdirected';
  const byCode = VERDICT_BY_CODE.get(code);
  if (byCode) return byCode;
  if (status === 404 || status === 405) return code === 0 ? 'unreadable' : 'misdirected';
  if (isNotFromLesspay(form)) return 'unavailable';
  const ok = status >= 200 && status < 300;
  if (ok && code === 0) return 'success';
  if (code === 0 || (ok && code === undefined)) return 'unreadable';
  return status === 400 ? 'refused' : 'unavailable';
}

const SURELY_DID_NOT: ReadonlySet<LesspayErrorKind> = new Set(['credentials', 'rate_limited', 'refused', 'duplicate']);

/**
 * Whether a create-order with this answer took effect. `did_not` only when that is certain.
 * A CDN may replace any answer of Lesspay by its own 404.
 */
export function createEffect(kind: LesspayErrorKind, { status, form }: AnswerSigns): LesspayEffect {
  const noSuchPath = kind === 'misdirected' && status >= 400 && !isNotFromLesspay(form);
  return noSuchPath || SURELY_DID_NOT.has(kind) ? 'did_not' : 'may_have';
}

/**
 * Reads the answer to create-order.
 * @param requestId the `request_id` that was sent
 * @param shows what the payer is shown by the order's method
 * @throws LesspayError for every answer that is not a new order
 */
export function readCreateAnswer(
  answer: HttpAnswer,
  requestId: string,
  redact: Redact,
  shows: NextStep['type'] = 'redirect',
): CreatedOrder {
  const { verdict, signs, data, details } = readAnswer(answer, redact);
  if (verdict !== 'success') {
    const kind = verdict === 'not_found' ? 'unavailable' : verdict;
    throw new LesspayError(kind, createEffect(kind, signs), describe(kind, details), details);
  }
  const places = [data, membersOf(data)?.['order_data'], membersOf(data)?.['orderData']];
  const order = places
    .map((candidate) => createdOrder.safeParse(candidate).data)
    .find((candidate) => candidate !== undefined);
  if (!order) {
    const message = 'Lesspay answered success to create-order, but its answer has no order id.';
    throw new LesspayError('unreadable', 'may_have', message, details);
  }
  const { pay_order_id, request_id = requestId } = order;
  const did = (message: string) => new LesspayError('unreadable', 'did', message, { ...details, pay_order_id });
  if (request_id !== requestId) throw did('Lesspay answered create-order with an order of another request_id.');
  const next_step = readStep(data, shows);
  if (!next_step && pageIn(data) !== undefined)
    throw did('Lesspay created the order, but its checkout_url is not an absolute http(s) URL.');
  const [money] = places.map((place) => echoedMoney.parse(place)).filter((place) => place.target_amount !== undefined);
  return { pay_order_id, ...stated({ next_step, amount: money?.target_amount, currency: money?.target_currency }) };
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

/** The body's form, and the body when it is an envelope. */
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
  rate_limited: 'Lesspay refused the request for now: too many requests',
  unavailable: 'Lesspay could not handle the request',
  misdirected: 'The answer is not from Lesspay’s API',
};

/** The message, e.g. `Lesspay refused the request (HTTP 200, code 11: amount too small).` */
export function describe(kind: LesspayErrorKind, details: LesspayErrorDetails): string {
  const { http_status, lesspay_code, lesspay_message } = details;
  const code = lesspay_code === undefined ? '' : `, code ${lesspay_code}`;
  const message = lesspay_message === undefined ? '' : `: ${lesspay_message}`;
  const clock = kind === 'credentials' ? clockProblem(details.clock_offset_ms) : undefined;
  const isOutOfReach = kind === 'unavailable' && lesspay_code === undefined && !isServerFailure(http_status);
  const what = isOutOfReach ? 'Lesspay is out of reach: what answered is not its JSON' : WHAT[kind];
  return `${what ?? 'Lesspay’s answer can’t be read'} (HTTP ${http_status}${code}${message}).${clock === undefined ? '' : ` ${clock}`}`;
}
