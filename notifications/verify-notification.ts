import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';

/** The receiver's side of notifications (docs/notifications.md). It needs neither Temporal nor the rest of the product. */

/** What every notification has. Later releases may add members, events and statuses, so unknown ones are kept. */
const notificationBody = z.looseObject({
  /** e.g. `payin.transition` */
  type: z.string(),
  /** When the event happened, RFC 3339 in UTC with milliseconds. Believe the latest event; of two of the same time, the higher number. */
  timestamp: z.string(),
  data: z.looseObject({
    /** The pay-in, in the shape of the answer of `GET /payins/{request_id}`. */
    payin: z.looseObject({
      request_id: z.string(),
      pay_order_id: z.string().optional(),
      status: z.string(),
      /** A decimal string in major units. Absent, like the currency, if only Lesspay knows the order. */
      amount: z.string().optional(),
      currency: z.string().optional(),
      /** A card that Lesspay has stored: a later pay-in of the same payer may name its id. */
      stored_card: z.looseObject({ id: z.string(), last_four: z.string().optional() }).optional(),
      needs_attention: z.boolean(),
      metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
    event: z.looseObject({
      /** Rises with each event of a pay-in, with gaps. */
      number: z.int(),
      kind: z.string(),
      /** Its members depend on `kind`. */
      data: z.record(z.string(), z.unknown()),
    }),
  }),
});

export interface ReceivedNotification extends z.output<typeof notificationBody> {
  /** The header `webhook-id`: the same each time the event is sent. Store it, and process each id once. */
  readonly id: string;
}

/** `not_verified`: answer 401. `unreadable`: it is signed, but its content is not that of a notification: answer 400. */
export type NotificationErrorCode = 'not_verified' | 'unreadable';

/** A request that is not a notification of this product. Its message shows neither the secret nor the body. */
export class NotificationError extends Error {
  override readonly name = 'NotificationError';
  constructor(
    readonly code: NotificationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The headers of a request: of Node and its frameworks, or of the Fetch API. Of these three are read. */
export type NotificationHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const SIGNED_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/**
 * Checks that a request comes from this product, and reads it. The signature is that of Standard Webhooks.
 * @param body the body as it was received, byte for byte, before anything parses it
 * @param secrets `whsec_...`, of this endpoint in `NOTIFY_SECRETS`; all that are valid while it is rotated
 * @throws NotificationError when a header is missing, no secret verifies the signature, the time is more than 5 minutes away
 *   from this machine's, or a signed body is no notification
 * @throws TypeError when the body was parsed already, or when a secret is missing or is not `whsec_` and base64
 */
export function verifyNotification(
  body: string | Uint8Array,
  headers: NotificationHeaders,
  secrets: string | readonly string[],
): ReceivedNotification {
  const text = bodyText(body);
  const signed = Object.fromEntries(SIGNED_HEADERS.map((name) => [name, headerOf(headers, name)]));
  const keys = (typeof secrets === 'string' ? [secrets] : secrets).map(keyOf);
  if (keys.length === 0) throw new TypeError('verifyNotification needs a secret: whsec_...');
  const problems = keys.map((key) => signatureProblem(key, text, signed));
  if (!problems.includes(undefined)) {
    const why = problems.find((problem) => problem !== undefined);
    throw new NotificationError('not_verified', `This is not a verified notification: ${why}.`);
  }
  return { ...readBody(text), id: signed['webhook-id'] ?? '' };
}

function bodyText(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError(
    "verifyNotification needs the raw body, as text or bytes. In Express: express.text({ type: 'application/json' }).",
  );
}

function headerOf(headers: NotificationHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : '';
}

function keyOf(secret: unknown): Webhook {
  try {
    if (typeof secret === 'string' && secret.startsWith('whsec_')) return new Webhook(secret);
  } catch {
    // The error below says more.
  }
  throw new TypeError('verifyNotification: a secret must be "whsec_" and base64, as in NOTIFY_SECRETS.');
}

/** @returns undefined where the signature is that of this key */
function signatureProblem(key: Webhook, text: string, signed: Record<string, string>): string | undefined {
  try {
    key.verify(text, signed, { jsonParse: false });
    return undefined;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.message;
    throw error;
  }
}

function readBody(text: string): z.output<typeof notificationBody> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new NotificationError('unreadable', 'The notification is not JSON.', { cause: error });
  }
  const result = notificationBody.safeParse(json);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new NotificationError('unreadable', `The notification has other members than expected: ${fields}.`);
}
