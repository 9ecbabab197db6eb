import type { Response } from 'express';
import type { StartOutcome } from '../../client/start-payin';
import { type PayinView, publicView } from '../../payin/view';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { Problem, RETRY_AFTER_S } from '../http/problems';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * What POST /payins answers, by the table in README.md, "REST".
 * @throws Problem other_content, request_id_taken, checkout_url_lost, rejected
 */
export function startAnswer(request_id: string, outcome: StartOutcome): Answer {
  const location = { Location: `/payins/${request_id}` };
  switch (outcome.kind) {
    case 'started':
      return { status: 201, headers: location, body: publicView(outcome.payin) };
    case 'existing':
      return { status: 200, headers: location, body: publicView(outcome.payin) };
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
export const foundAnswer = (payin: PayinView): Answer => ({ status: 200, headers: {}, body: publicView(payin) });

export const send = (res: Response, { status, headers, body }: Answer) => res.status(status).set(headers).json(body);
