export type DeliveryErrorCode =
  /** It answered, but not with a 2xx. */
  | 'status'
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
    /** The endpoint's HTTP status, where it answered. */
    readonly http_status?: number,
  ) {
    super(message);
  }
}
