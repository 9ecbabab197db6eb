import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { decimalText } from './decimal';
import { JsonError, WebhookError } from './errors';
import { isArray, JsonNumber, JsonObject, parseJsonObject, type JsonMember, type JsonValue } from './json';
import { orderStatus } from './order-status';
import { anyRequestId, payOrderId } from './schemas';
import { sign, signedMembers, webhookVersion } from './signature';
import { stated } from './stated';
import { paidCard } from './webhook-card';
import { eventReason } from './webhook-event';
import { cardToken } from './webhook-token';
import type { WebhookVersion } from './errors';

/**
 * The claim of a verified webhook: only members that its signature covers. It proves nothing, because values are signed
 * without escaping, so one may imitate others. Ask query-order before you act on it.
 */
export type Webhook = z.output<typeof webhook> & {
  readonly version: WebhookVersion;
  /** SHA-256 of the raw body, lower-case hex: the same for identical deliveries. */
  readonly digest: string;
};

export interface WebhookOptions {
  /** The signing rules that are accepted. Default: both. */
  readonly versions?: readonly WebhookVersion[];
}

/**
 * Checks a webhook and reads its signed members. The order of the checks: the body's shape, the signature, the version
 * (so a refused version is certainly Lesspay's), the order's id.
 * Tries every secret, in constant time.
 * @param body the raw bytes as they were received
 * @param signature the header `x-auth-signature`, in either letter case
 * @param secrets the app secret, or all that are valid while it is rotated
 * @throws WebhookError with the code of the first check that failed
 * @throws TypeError when there is no secret, or an empty one, with which anyone could sign
 */
export function verifyWebhook(
  body: Uint8Array,
  signature: string | undefined,
  secrets: string | readonly string[],
  { versions = ['v1', 'v2'] }: WebhookOptions = {},
): Webhook {
  const keys = typeof secrets === 'string' ? [secrets] : secrets;
  if (keys.length === 0 || keys.includes(''))
    throw new TypeError('verifyWebhook needs an app secret that is not empty.');
  const object = readBody(body);
  checkNames(object);
  const version = webhookVersion(object);
  const members = signedMembers(object);
  if (signature === undefined || signature === '') throw new WebhookError('signature_missing', version);
  if (!isSigned(members, signature, keys)) throw new WebhookError('signature_wrong', version);
  if (!versions.includes(version)) throw new WebhookError('version_refused', version);
  const claim = webhook.parse(Object.fromEntries(members));
  if (claim.request_id === undefined && claim.pay_order_id === undefined)
    throw new WebhookError('no_order_id', version);
  return { ...claim, version, digest: createHash('sha256').update(body).digest('hex') };
}

function readBody(body: Uint8Array): JsonObject {
  try {
    return parseJsonObject(utf8(body));
  } catch (error) {
    if (error instanceof JsonError) throw new WebhookError(error.code);
    throw error;
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new WebhookError('bad_utf8');
  }
}

/**
 * Refuses names that make the signed text ambiguous: a name with a separator looks like two members; of two equal names
 * only one is signed.
 */
function checkNames(value: JsonValue): void {
  if (isArray(value)) value.forEach(checkNames);
  if (!(value instanceof JsonObject)) return;
  const names = new Set(value.members.map(([name]) => name));
  if (names.size < value.members.length) throw new WebhookError('duplicate_member');
  for (const [name, member] of value.members) {
    if (/[&=]/.test(name)) throw new WebhookError('bad_member_name');
    checkNames(member);
  }
}

function isSigned(members: readonly JsonMember[], signature: string, secrets: readonly string[]): boolean {
  if (!/^[0-9a-f]{64}$/i.test(signature)) return false;
  const given = Buffer.from(signature.toUpperCase());
  const matches = secrets.map((secret) => timingSafeEqual(Buffer.from(sign(members, secret)), given));
  return matches.includes(true);
}

const text = z.string().min(1).max(500).optional().catch(undefined);
const scalar = z
  .union([z.string(), z.instanceof(JsonNumber).transform((number) => number.text)])
  .pipe(z.string().min(1).max(100))
  .optional()
  .catch(undefined);

/** An id as text or as a JSON number of digits only, as in the rows of query-order. */
const idOf = (text: z.ZodString) =>
  z
    .union([
      text,
      z
        .instanceof(JsonNumber)
        .transform((number) => number.text)
        .pipe(text.regex(/^\d+$/)),
    ])
    .optional()
    .catch(undefined);

/** A member that can't be read is left out. */
const webhook = z
  .object({
    request_id: idOf(anyRequestId),
    pay_order_id: idOf(payOrderId),
    order_status: scalar,
    order_status_int: scalar,
    target_amount: scalar,
    target_currency: text,
    complete_time: scalar,
    error_code: scalar,
    error_msg: text,
    event: text,
    event_data: z.instanceof(JsonObject).optional().catch(undefined),
    channel_biz_data: z.instanceof(JsonObject).optional().catch(undefined),
    channel_extra: z.instanceof(JsonObject).optional().catch(undefined),
  })
  .transform(({ order_status, order_status_int, target_amount, complete_time, ...others }) => {
    const { event_data, channel_biz_data, channel_extra, ...same } = others;
    const status = order_status ?? order_status_int;
    return stated({
      ...same,
      /** Lesspay's word; may be one that is not in `ORDER_STATUS`. */
      order_status: status === undefined ? undefined : orderStatus(status),
      /** Decimal string in major units, with all digits as Lesspay wrote them. */
      target_amount: target_amount === undefined ? undefined : decimalText(target_amount),
      /** Epoch ms. */
      complete_time: /^\d{13}$/.test(complete_time ?? '') ? Number(complete_time) : undefined,
      ...eventReason(same.event, event_data),
      ...paidCard(channel_biz_data),
      /** Of the card that Lesspay has stored. A secret. */
      card_token: cardToken([channel_biz_data, channel_extra]),
    });
  });
