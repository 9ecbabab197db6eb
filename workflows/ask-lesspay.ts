import { lesspayFailure, queryOrder } from './lesspay-calls';
import type { PayinRun } from './payin-run';

/** Lesspay answers, but not in a way that helps: a person must look. Anything else is Lesspay being down. */
const IN_VAIN: ReadonlySet<string> = new Set(['unreadable', 'refused', 'invalid_request', 'misdirected']);

/**
 * Asks Lesspay for the order and applies what it says.
 * @param why what an operator reads beside the call while Lesspay does not answer
 * @returns false when the question got no answer that can be used; "not found" is an answer
 */
export async function askLesspay(run: PayinRun, why: string): Promise<boolean> {
  const { facts } = run;
  // A hint that comes while Lesspay is being asked is a new one.
  facts.hinted = false;
  try {
    const ordered_at = facts.ordered_at ?? facts.doubt_since ?? facts.created_at;
    const answer = await queryOrder(why, { request_id: run.payin.request_id, ordered_at });
    if (answer.found) run.observe(answer.order, Date.now());
    else if (run.payin.pay_order_id !== undefined) run.note('not_found', 'Lesspay does not find the order', Date.now());
    return true;
  } catch (error) {
    const { kind, message } = lesspayFailure(error);
    if (kind === 'credentials') run.credentialsRefused(Date.now());
    else if (IN_VAIN.has(kind)) run.flag({ code: 'query_unreadable', message }, Date.now());
    else run.note('no_answer', message, Date.now());
    return false;
  }
}
