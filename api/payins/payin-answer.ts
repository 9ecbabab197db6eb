import type { Response } from 'express';
import type { StartOutcome } from '../../client/start-payin';
import type { SealingKeys } from '../../client/sealed';
import type { PayinView } from '../../payin/view';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { invalidRequest } from '../http/invalid-request';
import { Problem, RETRY_AFTER_S } from '../http/problems';
import { shownPayin, startedPayin } from './next-step-answer';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * The answer of `POST /payins` (README.md, "REST").
 * @throws Problem other_content, request_id_taken, checkout_url_lost, amount_unit, invalid_request, rejected
 */
export function startAnswer(request_id: string, outcome: StartOutcome, keys: SealingKeys = []): Answer {
  const location = { Location: `/payins/${request_id}` };
  switch (outcome.kind) {
    case 'started':
      return { status: 201, headers: location, body: startedPayin(outcome.payin, keys) };
    case 'existing':
      return { status: 200, headers: location, body: startedPayin(outcome.payin, keys) };
    case 'pending':
      return {
        status: 202,
        headers: { ...location, 'Retry-After': String(RETRY_AFTER_S) },
        body: { request_id, status: 'CREATING', workflow_id: payinWorkflowId(request_id) },
      };
    case 'other_content':
      throw new Problem(
        'other_content',
        'A pay-in with different content exists under this request_id. Send the same content as before, or use a new request_id.',
      );
    case 'request_id_taken':
    case 'checkout_url_lost':
    case 'amount_unit':
      throw new Problem(outcome.kind, outcome.message);
    case 'card_unknown':
      throw invalidRequest([{ field: 'method.stored_card', problem: outcome.message }]);
    case 'rejected':
      throw new Problem('rejected', outcome.refusal.message, { members: { lesspay_code: outcome.refusal.code } });
  }
}

/** The answer of `GET /payins/{request_id}`. */
export const foundAnswer = (payin: PayinView): Answer => ({ status: 200, headers: {}, body: shownPayin(payin) });

export const send = (res: Response, { status, headers, body }: Answer) => res.status(status).set(headers).json(body);
