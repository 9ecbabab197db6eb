import type { ErrorRequestHandler } from 'express';
import { requestIdOf } from './request-log';

/** Every error that the API answers with: its stable code, its HTTP status and its title. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  invalid_request: { status: 400, title: 'Some fields are missing or wrong' },
  invalid_webhook: { status: 400, title: 'The webhook cannot be read' },
  no_order_id: { status: 400, title: 'The webhook names no order' },
  unauthenticated: { status: 401, title: 'No valid API key' },
  bad_signature: { status: 401, title: 'The signature is missing or wrong' },
  webhook_version_refused: { status: 401, title: 'Webhooks signed this way are not accepted' },
  forbidden: { status: 403, title: 'The API key may not do this' },
  address_refused: { status: 403, title: 'The address is not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  other_content: { status: 409, title: 'The request_id is in use with other content' },
  request_id_taken: { status: 409, title: 'Lesspay has a different order under this request_id' },
  checkout_url_lost: { status: 409, title: 'What the payer needs to pay is lost' },
  amount_unit: { status: 409, title: 'Lesspay states the amount in another unit' },
  too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be plain application/json' },
  rejected: { status: 422, title: 'Lesspay refused the pay-in' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'An internal error' },
  overloaded: { status: 503, title: 'Too many requests are in progress' },
  temporal_unavailable: { status: 503, title: 'Temporal cannot be reached' },
  temporal_refused: { status: 503, title: 'Temporal refused the call' },
  payin_unreadable: { status: 503, title: 'The pay-in cannot be read now' },
  records_unavailable: { status: 503, title: 'The order records cannot be reached' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblemCode = (word: string): word is ProblemCode => Object.hasOwn(PROBLEMS, word);
export const PROBLEM_CODES: readonly ProblemCode[] = Object.keys(PROBLEMS).filter(isProblemCode);

/** The value of `Retry-After`, seconds. */
export const RETRY_AFTER_S = 5;

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Additional members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** For the log only. The caller never sees it. */
  readonly cause?: unknown;
}

/** A handler throws it, and the API answers with a problem document. The caller sees `detail`, which says what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    { headers = {}, members = {}, cause }: ProblemOptions = {},
  ) {
    super(`${code}: ${detail}`, cause === undefined ? {} : { cause });
    this.status = PROBLEMS[code].status;
    this.headers = this.status === 503 ? { 'Retry-After': String(RETRY_AFTER_S), ...headers } : headers;
    this.members = members;
  }
}

/** The document that the caller gets. Source: RFC 9457, section 3. */
export function problemDocument({ code, detail, members }: Problem, requestId: string): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  return { ...members, type: `urn:lesspay-payins:problem:${code}`, title, status, detail, code, instance: requestId };
}

/** The last middleware: answers every error with a problem document. The details of an unexpected error go only to the log. */
export const answerProblem: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error);
  const problem = problemOf(error);
  res.locals['problem'] = problem.code;
  if (problem.status >= 500) res.err = error instanceof Error ? error : problem;
  const document = problemDocument(problem, requestIdOf(req));
  res.status(problem.status).set(problem.headers).type('application/problem+json').send(JSON.stringify(document));
};

/** The problem that a caller sees for an error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  switch (httpStatusOf(error)) {
    case 400:
      return new Problem('bad_request', 'The request is incomplete or malformed. Correct it, then send it again.');
    case 413:
      return new Problem('too_large', 'The body is larger than 64 KiB. Send a smaller one.');
    case 415:
      return new Problem('unsupported_media_type', 'Send the body without a content encoding (such as gzip).');
    default:
      return new Problem(
        'internal',
        'Send the request again later. If it fails again, give "instance" to the operators: their log has the cause under it.',
      );
  }
}

/** The HTTP status that Express and its body parser set on an error that the caller caused. */
function httpStatusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}
