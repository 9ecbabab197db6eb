import type { Response } from 'express';
import type { StartOutcome } from '../client/start-payin';
import { payinWorkflowId, type PayinView } from '../workflows/payin-messages';
import { isPayable } from '../workflows/payin-state';
import { Problem, RETRY_AFTER_S } from './problems';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * What POST /payins answers, by the table of the design's section "REST".
 * @throws Problem other_content, request_id_taken, checkout_url_lost, rejected
 */
export function startAnswer(request_id: string, outcome: StartOutcome): Answer {
  const location = { Location: `/payins/${request_id}` };
  switch (outcome.kind) {
    case 'started':
      return { status: 201, headers: location, body: shown(outcome.payin) };
    case 'existing':
      return { status: 200, headers: location, body: shown(outcome.payin) };
    case 'pending':
      return {
        status: 202,
        headers: { ...location, 'Retry-After': String(RETRY_AFTER_S) },
        // The order is not yet known to exist: that is what pending means.
        body: { request_id, status: 'CREATING', workflow_id: payinWorkflowId(request_id) },
      };
    case 'other_content':
      throw new Problem(
        'other_content',
        'This request_id belongs to a pay-in with other content. Send that content, or a new request_id.',
      );
    case 'request_id_taken':
    case 'checkout_url_lost':
      throw new Problem(outcome.kind, outcome.message);
    case 'rejected':
      throw new Problem('rejected', outcome.refusal.message, { members: { lesspay_code: outcome.refusal.code } });
  }
}

/** What GET /payins/{request_id} answers. */
export const foundAnswer = (payin: PayinView): Answer => ({ status: 200, headers: {}, body: foundPayin(payin) });

/** A pay-in as it is found, alone or on a page: with the checkout page only while it can be paid. */
export function foundPayin(payin: PayinView): PayinView {
  const { checkout_url, ...rest } = shown(payin);
  return checkout_url !== undefined && isPayable(payin.status) ? { ...rest, checkout_url } : rest;
}

export const send = (res: Response, { status, headers, body }: Answer) => res.status(status).set(headers).json(body);

/** A pay-in's public members, and none of what only the workflow and its callers need. */
function shown(payin: PayinView): PayinView {
  const { request_id, pay_order_id, status, amount, currency, checkout_url, workflow_id } = payin;
  const { created_at, expires_at, outcome_at, needs_attention, alerts, metadata } = payin;
  return {
    request_id,
    ...(pay_order_id === undefined ? {} : { pay_order_id }),
    status,
    ...(amount === undefined ? {} : { amount }),
    ...(currency === undefined ? {} : { currency }),
    ...(checkout_url === undefined ? {} : { checkout_url }),
    workflow_id,
    created_at,
    expires_at,
    ...(outcome_at === undefined ? {} : { outcome_at }),
    needs_attention,
    alerts: alerts.map(({ code, message, at }) => ({ code, message, at })),
    metadata,
  };
}
