export type DeliveryErrorCode =
  /** It answered 5xx, 408, 425 or 429: later it may take it. */
  | 'status'
  /** It answered another 4xx: it does not take this, or it is not the place, or the signature is not the one it knows. */
  | 'refused'
  /** It answered 410: it wants no more of it. */
  | 'gone'
  | 'redirect'
  | 'timeout'
  | 'connection'
  | 'address_refused'
  | 'aborted'
  /** Not sent: it is known to be down, or has enough to do. */
  | 'held_back'
  | 'unknown_endpoint';

/** Why a notification was not taken. The message is for operators: no secret, no path, no query string. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  constructor(
    readonly code: DeliveryErrorCode,
    message: string,
    readonly more: {
      /** The endpoint's HTTP status, where it answered. */
      readonly http_status?: number;
      /** It is not to be called before so many ms have passed. */
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message);
  }
}

/** What waiting seldom cures: it is the endpoint's backend, or our settings, that must change. */
const LASTING: ReadonlySet<DeliveryErrorCode> = new Set([
  'refused',
  'gone',
  'redirect',
  'address_refused',
  'unknown_endpoint',
]);

export const isLasting = ({ code }: DeliveryError): boolean => LASTING.has(code);
