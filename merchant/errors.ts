export type DeliveryErrorCode =
  /** The endpoint answered 5xx, 408, 425 or 429: a later try may succeed. */
  | 'status'
  /** The endpoint answered another 4xx: it rejects this notification, or the URL or the secret is wrong. */
  | 'refused'
  /** The endpoint answered 410: it wants no more notifications of this pay-in. */
  | 'gone'
  | 'redirect'
  | 'timeout'
  | 'connection'
  | 'address_refused'
  | 'aborted'
  /** Not sent yet: the endpoint has just failed or asked for a pause, or too many calls are running (`endpoint-load.ts`). */
  | 'held_back'
  | 'unknown_endpoint';

/** Why a notification was not delivered. The message is for operators; it contains no secret, no path and no query string. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  constructor(
    readonly code: DeliveryErrorCode,
    message: string,
    readonly more: {
      /** Absent when the endpoint did not answer. */
      readonly http_status?: number;
      /** The earliest time for the next try, in ms from now. */
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message);
  }
}

/** Later tries seldom succeed: the endpoint or our settings must change first. */
const LASTING: ReadonlySet<DeliveryErrorCode> = new Set([
  'refused',
  'gone',
  'redirect',
  'address_refused',
  'unknown_endpoint',
]);

export const isLasting = ({ code }: DeliveryError): boolean => LASTING.has(code);
