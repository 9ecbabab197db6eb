import type { Request, RequestHandler, Response } from 'express';
import { WebhookError } from '../../lesspay/errors';
import { verifyWebhook, type Webhook } from '../../lesspay/webhook';
import type { Settings } from '../../settings';
import type { SealingKeys } from '../../client/sealed';
import { sealCard } from '../../client/stored-card';
import { cardClaim, withoutStoredCard } from '../../payin/stored-card';
import type { Attributes } from '../../traces/attributes';
import type { Traces } from '../../traces/traces';
import { isLesspayStatus } from '../../payin/state';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { deliverWebhook, type Delivery, type DeliveryDeps } from './deliver-webhook';
import type { Metrics } from '../http/metrics';
import { Problem, type ProblemCode } from '../http/problems';
import { bodyOf } from '../http/read-body';
import { signatureHeader } from './signature-header';
import { traceRequest } from '../http/trace-request';

export type WebhookSettings = Pick<Settings, 'LESSPAY_APP_SECRET' | 'LESSPAY_WEBHOOK_VERSIONS' | 'CARD_SECRET_KEYS'>;

/**
 * Answers `SUCCESS` only after Temporal has stored the webhook. After any other answer Lesspay sends it again (docs/lesspay.md,
 * "Webhooks"). A webhook for another shop is ignored, and also answered with `SUCCESS`. The log line holds the claim: ids, status,
 * amount, digest and the version of the signature.
 */
export function receiveWebhook(
  deps: DeliveryDeps,
  settings: WebhookSettings,
  now: () => number,
  { webhooks }: Metrics,
  traces: Traces,
): RequestHandler {
  return async (req, res) => {
    const webhook = verified(req, settings);
    const claim = { ...claimOf(webhook, now()), ...storedCardOf(webhook, settings.CARD_SECRET_KEYS) };
    res.locals['webhook'] = { ...withoutStoredCard(claim), ...cardNote(webhook, claim) };
    const { version, request_id } = claim;
    await traceRequest(traces, { req, res, route: '/webhooks/lesspay', request_id }, async (span) => {
      span.set(idsOf(claim));
      try {
        const delivery = await deliverWebhook(deps, claim);
        webhooks.inc({ result: delivery.result, reason: '', version });
        span.set({ 'webhook.result': delivery.result });
        note(delivery, res);
      } catch (error) {
        webhooks.inc({ result: 'unavailable', reason: '', version });
        throw error;
      }
      res.type('text/plain').send('SUCCESS');
    });
  };
}

/** What a span shows of a webhook. A status that we do not know may be any text. */
const idsOf = ({ digest, version, pay_order_id, order_status = '' }: WebhookClaim): Attributes => ({
  'webhook.digest': digest,
  'webhook.version': version,
  'payin.pay_order_id': pay_order_id,
  'webhook.status': isLesspayStatus(order_status) ? order_status : undefined,
});

/** Adds to the log line what became of a webhook that was not signalled to a pay-in. */
function note({ result, failedLookups = {} }: Delivery, { locals }: Response): void {
  if (Object.keys(failedLookups).length > 0) locals['failed_lookups'] = failedLookups;
  if (result === 'unmatched')
    locals['message'] = 'webhook kept: no pay-in with its pay_order_id is known yet; a workflow looks for it';
  if (result === 'not_ours') locals['message'] = 'webhook ignored: its request_id has no prefix of REQUEST_ID_PREFIX';
}

function verified(req: Request, settings: WebhookSettings): Webhook {
  const versions = settings.LESSPAY_WEBHOOK_VERSIONS;
  try {
    return verifyWebhook(bodyOf(req), signatureHeader(req).value, settings.LESSPAY_APP_SECRET, { versions });
  } catch (error) {
    if (error instanceof WebhookError) throw refusal(error);
    throw error;
  }
}

/** Which problem each refusal is (docs/design.md, rule 2): not a JSON object 400, wrong signature 401, no id of an order 400. */
const PROBLEM_OF = {
  bad_utf8: 'invalid_webhook',
  not_json: 'invalid_webhook',
  not_an_object: 'invalid_webhook',
  duplicate_member: 'invalid_webhook',
  bad_member_name: 'invalid_webhook',
  too_deep: 'invalid_webhook',
  signature_missing: 'bad_signature',
  signature_wrong: 'bad_signature',
  version_refused: 'webhook_version_refused',
  no_order_id: 'no_order_id',
} as const satisfies Record<WebhookError['code'], ProblemCode>;

function refusal(error: WebhookError): Problem {
  const code = PROBLEM_OF[error.code];
  const unverified = code === 'bad_signature' || code === 'webhook_version_refused';
  return new Problem(code, error.message, {
    // RFC 9110 requires a challenge with every 401.
    headers: unverified ? { 'WWW-Authenticate': 'Lesspay-Signature header="x-auth-signature"' } : {},
    members: { reason: error.code },
    cause: error,
  });
}

/** The card that Lesspay has stored, with its token encrypted: from here on nothing has it in clear. */
function storedCardOf({ request_id, card_token }: Webhook, keys: SealingKeys): Partial<WebhookClaim> {
  const card = card_token && request_id !== undefined ? sealCard(card_token, request_id, keys) : undefined;
  return card ? cardClaim(card) : {};
}

/** For the log: the id of the card, or why its token was dropped. */
function cardNote({ request_id, card_token }: Webhook, { stored_card }: WebhookClaim): object {
  if (!card_token) return {};
  if (stored_card !== undefined) return { stored_card };
  return { card_token_dropped: request_id === undefined ? 'no request_id' : 'CARD_SECRET_KEYS is not set' };
}

function claimOf(
  { digest, version, request_id, pay_order_id, order_status, target_amount, target_currency, ...reported }: Webhook,
  at: number,
): WebhookClaim {
  const { event, event_category, event_code, event_deadline, ...more } = reported;
  const { card_issuer, card_issuer_country, three_ds_enrolled, three_ds_downgraded } = more;
  return {
    digest,
    received_at: new Date(at).toISOString(),
    version,
    ...(request_id === undefined ? {} : { request_id }),
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    ...(order_status === undefined ? {} : { order_status }),
    ...(target_amount === undefined ? {} : { amount: target_amount }),
    ...(target_currency === undefined ? {} : { currency: target_currency }),
    ...(event === undefined ? {} : { event }),
    ...(event_category === undefined ? {} : { event_category }),
    ...(event_code === undefined ? {} : { event_code }),
    ...(event_deadline === undefined ? {} : { event_deadline }),
    ...(card_issuer === undefined ? {} : { card_issuer }),
    ...(card_issuer_country === undefined ? {} : { card_issuer_country }),
    ...(three_ds_enrolled === undefined ? {} : { three_ds_enrolled }),
    ...(three_ds_downgraded === undefined ? {} : { three_ds_downgraded }),
  };
}
