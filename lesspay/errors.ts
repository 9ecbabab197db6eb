/** All errors of this folder, each with a stable code. No message, excerpt or cause contains a secret or card data. */

/** Why a call to Lesspay failed. */
export type LesspayErrorKind =
  /** The request breaks one of Lesspay's limits; it was not sent. */
  | 'invalid_request'
  /** Lesspay refuses this request, and would refuse it again. */
  | 'refused'
  /** An order with this `request_id` exists (code 1201). */
  | 'duplicate'
  | 'credentials'
  | 'rate_limited'
  /** No connection was made. */
  | 'unreachable'
  | 'timeout'
  | 'connection_lost'
  /** Lesspay fails or answers an unknown code, or a CDN or firewall answered in its place. */
  | 'unavailable'
  /** Lesspay answered, but the answer can't be understood. */
  | 'unreadable'
  /** The answer is not from Lesspay's API: a redirect, or no such path. */
  | 'misdirected'
  /** The caller cancelled the call. */
  | 'aborted';

/** Did the request take effect at Lesspay? A query never does. */
export type LesspayEffect = 'did_not' | 'may_have' | 'did';

export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

export interface LesspayErrorDetails {
  readonly lesspay_code?: number | undefined;
  readonly lesspay_message?: string | undefined;
  readonly http_status?: number | undefined;
  readonly body_excerpt?: string | undefined;
  readonly pay_order_id?: string | undefined;
  readonly clock_offset_ms?: number | undefined;
  readonly fields?: readonly FieldProblem[] | undefined;
  readonly cause?: unknown;
}

/** What to do next when the request certainly had no effect. */
const NEXT: Readonly<Record<LesspayErrorKind, string>> = {
  invalid_request: 'Nothing was sent. Correct these fields.',
  refused: 'Correct the request; the same one would be refused again.',
  duplicate: 'Look the order up by its request_id; do not create it again.',
  credentials: 'Check the app id, the app secret and their permissions at Lesspay.',
  rate_limited: 'Send fewer requests; try again later.',
  unreachable: 'Check the base URL and the network, then try again.',
  timeout: 'Try again later.',
  connection_lost: 'Try again later.',
  unavailable: 'Try again later.',
  unreadable: 'Compare the answer with the API reference; Lesspay may have changed it.',
  misdirected: 'Check the base URL.',
  aborted: 'Call again when needed.',
};

/** A call to Lesspay failed. `kind` says why; `effect` says whether the request may have taken effect nevertheless. */
export class LesspayError extends Error {
  override readonly name = 'LesspayError';
  /** The `code` in Lesspay's envelope. */
  readonly lesspay_code: number | undefined;
  readonly lesspay_message: string | undefined;
  readonly http_status: number | undefined;
  /** The first 500 characters of the answer. */
  readonly body_excerpt: string | undefined;
  /** The order that exists, when `effect` is `did`. */
  readonly pay_order_id: string | undefined;
  /** All wrong fields, when `kind` is `invalid_request`; otherwise empty. */
  readonly fields: readonly FieldProblem[];

  constructor(
    readonly kind: LesspayErrorKind,
    readonly effect: LesspayEffect,
    message: string,
    details: LesspayErrorDetails = {},
  ) {
    super(`${message} ${nextStep(kind, effect)}`, 'cause' in details ? { cause: details.cause } : {});
    this.lesspay_code = details.lesspay_code;
    this.lesspay_message = details.lesspay_message;
    this.http_status = details.http_status;
    this.body_excerpt = details.body_excerpt;
    this.pay_order_id = details.pay_order_id;
    this.fields = details.fields ?? [];
  }
}

function nextStep(kind: LesspayErrorKind, effect: LesspayEffect): string {
  if (effect === 'did') return 'The order exists: look it up; do not create it again.';
  if (effect === 'may_have') return 'The order may exist: look it up by its request_id before creating it again.';
  return NEXT[kind];
}

export type WebhookErrorCode =
  | 'bad_utf8'
  | 'not_json'
  | 'not_an_object'
  | 'duplicate_member'
  | 'bad_member_name'
  | 'too_deep'
  | 'signature_missing'
  | 'signature_wrong'
  | 'version_refused'
  | 'no_order_id';

const WEBHOOK_MESSAGES: Readonly<Record<WebhookErrorCode, string>> = {
  bad_utf8: 'The body is not UTF-8. Send JSON encoded as UTF-8.',
  not_json: 'The body is not valid JSON. Send a JSON object (RFC 8259).',
  not_an_object: 'The body is JSON, but not an object. Send a JSON object.',
  duplicate_member: 'An object in the body has two members of the same name. Send each member once.',
  bad_member_name:
    'A member’s name contains "&" or "=", which can’t be distinguished from a separator in the signed text. Rename it.',
  too_deep: 'The body is nested too deeply. Send fewer levels.',
  signature_missing: 'The header x-auth-signature is missing. Sign the body.',
  signature_wrong:
    'The signature does not match the body. Check the app secret, and that the body is sent exactly as it was signed.',
  version_refused:
    'The signature is right, but its version is not accepted here. Accept the body’s api_version, or send another one.',
  no_order_id: 'The body has no order id. Send a request_id or a pay_order_id.',
};

/** A webhook was not accepted. None of its content may be used. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  constructor(
    readonly code: WebhookErrorCode,
    /** The signing rule that the body asks for; absent when it was refused before that was known. */
    readonly version?: WebhookVersion,
  ) {
    super(WEBHOOK_MESSAGES[code]);
  }
}

const JSON_MESSAGES = {
  not_json: 'The text is not valid JSON (RFC 8259).',
  not_an_object: 'The JSON is not an object.',
  too_deep: 'The JSON is nested too deeply.',
} as const;

/** A text is not the JSON that was expected. The message does not quote the text, which may contain card data. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  constructor(readonly code: keyof typeof JSON_MESSAGES) {
    super(`${JSON_MESSAGES[code]} Pass the body’s exact text.`);
  }
}

/** Which members of a webhook are signed (docs/lesspay.md, "Which members of a webhook are signed"). */
export type WebhookVersion = 'v1' | 'v2';
