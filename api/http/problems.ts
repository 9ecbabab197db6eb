import type { ErrorRequestHandler } from 'express';
import { requestIdOf } from './request-log';

/** Every way the API says no: its stable code, its HTTP status and what the status means here. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request can not be read' },
  invalid_request: { status: 400, title: 'Some fields are missing or wrong' },
  invalid_webhook: { status: 400, title: 'The webhook can not be read' },
  no_order_id: { status: 400, title: 'The webhook names no order' },
  unauthenticated: { status: 401, title: 'No valid API key' },
  bad_signature: { status: 401, title: 'The signature is missing or wrong' },
  webhook_version_refused: { status: 401, title: 'Webhooks signed this way are not accepted' },
  forbidden: { status: 403, title: 'The API key may not do this' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  other_content: { status: 409, title: 'The request_id is in use with other content' },
  request_id_taken: { status: 409, title: 'Lesspay knows the request_id from somebody else' },
  checkout_url_lost: { status: 409, title: 'The checkout page of the order is lost' },
  too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be plain application/json' },
  rejected: { status: 422, title: 'Lesspay refused the pay-in' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  temporal_unavailable: { status: 503, title: 'Temporal is out of reach' },
  temporal_refused: { status: 503, title: 'Temporal refuses the call' },
  payin_unreadable: { status: 503, title: 'The pay-in can not be read now' },
  records_unavailable: { status: 503, title: 'The order records are out of reach' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblemCode = (word: string): word is ProblemCode => Object.hasOwn(PROBLEMS, word);
export const PROBLEM_CODES: readonly ProblemCode[] = Object.keys(PROBLEMS).filter(isProblemCode);

/** Seconds until a caller may ask again. */
export const RETRY_AFTER_S = 5;

interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Goes to the log, never to the caller. */
  readonly cause?: unknown;
}

/** Thrown by a handler: answered as a problem document. `detail` goes to the caller and says what to do next. */
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

/** The problem document of a problem. Source: RFC 9457, section 3. */
export function problemDocument({ code, detail, members }: Problem, requestId: string): Record<string, unknown> {
  const { status, title } = PROBLEMS[code];
  return { ...members, type: `urn:lesspay-payins:problem:${code}`, title, status, detail, code, instance: requestId };
}

/** The last middleware: answers every error as a problem document; what is not ours to tell goes to the log alone. */
export const answerProblem: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error);
  const problem = problemOf(error);
  res.locals['problem'] = problem.code;
  if (problem.status >= 500) res.err = error instanceof Error ? error : problem;
  const document = problemDocument(problem, requestIdOf(req));
  res.status(problem.status).set(problem.headers).type('application/problem+json').send(JSON.stringify(document));
};

/** What an error is to the caller: itself, where it is a problem. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  switch (httpStatusOf(error)) {
    case 400:
      return new Problem('bad_request', 'The request was cut short or is malformed. Send it again, whole.');
    case 413:
      return new Problem('too_large', 'A body may have 64 KiB. Send less.');
    case 415:
      return new Problem('unsupported_media_type', 'Send the body as it is, without a content encoding.');
    default:
      return new Problem(
        'internal',
        'The cause is in our log under this instance. Try again, or tell us the instance.',
      );
  }
}

/** The status that Express and its body parser put on an error of the caller's. */
function httpStatusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}
