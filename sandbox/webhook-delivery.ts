import { webhookSignature } from '../lesspay/signature';

/** How long a merchant gets to answer, real milliseconds. */
const TIMEOUT_MS = 10_000;
/** Has the form of a signature, and is none. */
const WRONG_SIGNATURE = '0'.repeat(64);

export interface Delivery {
  readonly url: string;
  readonly bodyText: string;
  /** The header's value; `""` leaves the header out. */
  readonly signature: string;
  /** Milliseconds since the epoch, for `X-Auth-Timestamp`. */
  readonly timestamp: number;
}

/** What came of one delivery: the merchant's answer, or why there was none. */
export type DeliveryResult = { readonly http_status: number; readonly text: string } | { readonly error: string };

/** @throws JsonError when the text is not a JSON object, and so can't be signed */
export const signWebhook = (bodyText: string, secret: string, wrongly = false): string =>
  wrongly ? WRONG_SIGNATURE : webhookSignature(bodyText, secret);

/** Delivers once. Redirects are not followed: a webhook goes where the merchant said, nowhere else. */
export async function deliver(delivery: Delivery, closing: AbortSignal): Promise<DeliveryResult> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-auth-timestamp': String(Math.floor(delivery.timestamp)),
    ...(delivery.signature === '' ? {} : { 'x-auth-signature': delivery.signature }),
  };
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers,
      body: delivery.bodyText,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return { http_status: response.status, text: await response.text() };
  } catch (error) {
    return { error: describe(error) };
  }
}

export const isAcknowledged = (result: DeliveryResult): boolean =>
  'text' in result && result.http_status === 200 && result.text === 'SUCCESS';

/** One line for the log; the answer's text is cut, and can't forge a line. */
export const outcomeLine = (result: DeliveryResult): string =>
  'error' in result ? result.error : `${result.http_status} ${JSON.stringify(result.text.slice(0, 80))}`;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch says "fetch failed" and keeps the reason as the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
