import { webhookSignature } from '../lesspay/signature';

/** Time limit for the merchant's answer, ms of real time. */
const TIMEOUT_MS = 10_000;
/** Has the form of a signature, but is wrong. */
const WRONG_SIGNATURE = '0'.repeat(64);

export interface Delivery {
  readonly url: string;
  readonly bodyText: string;
  /** The value of the header. `""`: no header. */
  readonly signature: string;
  /** Epoch ms, for `X-Auth-Timestamp`. */
  readonly timestamp: number;
}

/** The result of one delivery: the merchant's answer, or why there was none. */
export type DeliveryResult = { readonly http_status: number; readonly text: string } | { readonly error: string };

/** @throws JsonError when the text is not a JSON object, which can't be signed */
export const signWebhook = (bodyText: string, secret: string, wrongly = false): string =>
  wrongly ? WRONG_SIGNATURE : webhookSignature(bodyText, secret);

/** Sends a webhook once. Does not follow redirects: a webhook goes only to the URL that the merchant set. */
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

/** One line for the log. The answer's text is cut, and quoted, so that it can't add lines. */
export const outcomeLine = (result: DeliveryResult): string =>
  'error' in result ? result.error : `${result.http_status} ${JSON.stringify(result.text.slice(0, 80))}`;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's fetch says "fetch failed" and keeps the reason as the cause.
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
