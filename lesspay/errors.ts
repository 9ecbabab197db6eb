/** Every error of the SDK, each with a stable code. No message, excerpt or cause holds a secret or card data. */

/** Why a call to Lesspay failed. */
export type LesspayErrorKind =
  /** Our request breaks a limit of Lesspay's; nothing was sent. */
  | 'invalid_request'
  /** Lesspay refuses this request for good. */
  | 'refused'
  /** An order with this `request_id` exists (code 1201). */
  | 'duplicate'
  | 'credentials'
  | 'rate_limited'
  /** No connection was made. */
  | 'unreachable'
  | 'timeout'
  | 'connection_lost'
  /** Lesspay is in trouble, says something unknown, or somebody else answered in its place: a CDN, a firewall. */
  | 'unavailable'
  /** Lesspay answered, but not in a way that can be understood. */
  | 'unreadable'
  /** The answer is not from Lesspay's API: a redirect, or no such path. */
  | 'misdirected'
  /** The caller took the call back. */
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

/** What to do next, where the request surely did not take effect. */
const NEXT: Readonly<Record<LesspayErrorKind, string>> = {
  invalid_request: 'Nothing was sent; correct these fields.',
  refused: 'Repeating it will not help; correct the request.',
  duplicate: 'Look the order up by its request_id; do not create it again.',
  credentials: 'Check the app id and the app secret, and what Lesspay permits them.',
  rate_limited: 'Try again later, more slowly.',
  unreachable: 'Check the base URL and the network, then try again.',
  timeout: 'Try again later.',
  connection_lost: 'Try again later.',
  unavailable: 'Try again later.',
  unreadable: 'Compare the body with the API reference; Lesspay may have changed.',
  misdirected: 'Check the base URL.',
  aborted: 'Call again when needed.',
};

/** A call to Lesspay failed: `kind` says why, `effect` whether the request took effect all the same. */
export class LesspayError extends Error {
  override readonly name = 'LesspayError';
  /** Lesspay's own code, where it gave one. */
  readonly lesspay_code: number | undefined;
  readonly lesspay_message: string | undefined;
  readonly http_status: number | undefined;
  /** The first 500 characters of the answer. */
  readonly body_excerpt: string | undefined;
  /** The order that exists, where `effect` is `did`. */
  readonly pay_order_id: string | undefined;
  /** All that is wrong with our request, where `kind` is `invalid_request`. */
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
  duplicate_member: 'An object in the body names a member twice. Send each member once.',
  bad_member_name: 'A member’s name holds "&" or "=", which the signature can not tell from a separator. Rename it.',
  too_deep: 'The body is nested too deep. Send fewer levels.',
  signature_missing: 'The header x-auth-signature is missing. Sign the body.',
  signature_wrong:
    'The signature does not belong to this body. Check the app secret, and that the body is sent as signed.',
  version_refused:
    'The signature is right, but this version of it is not accepted here. Allow its api_version, or change it.',
  no_order_id: 'The body names no order. Send a request_id or a pay_order_id.',
};

/** A webhook was not accepted; nothing of it may be believed. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
  constructor(
    readonly code: WebhookErrorCode,
    /** The rule of signing that the body calls for, where it could be read that far. */
    readonly version?: WebhookVersion,
  ) {
    super(WEBHOOK_MESSAGES[code]);
  }
}

const JSON_MESSAGES = {
  not_json: 'The text is not valid JSON (RFC 8259).',
  not_an_object: 'The JSON is not an object.',
  too_deep: 'The JSON is nested too deep.',
} as const;

/** A text can't be read as the JSON it should be. The text is not quoted: it may hold card data. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  constructor(readonly code: keyof typeof JSON_MESSAGES) {
    super(`${JSON_MESSAGES[code]} Pass the body’s exact text.`);
  }
}

/** Which members of a webhook are signed (docs/lesspay.md, "Which members of a webhook are signed"). */
export type WebhookVersion = 'v1' | 'v2';
