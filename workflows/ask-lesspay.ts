import { isCancellation } from '@temporalio/workflow';
import type { SeenOrder } from '../activities/lesspay-activities';
import { untilHistoryIsLong } from './long-history';
import { lesspayFailure, queryOrder } from './lesspay-calls';
import type { PayinRun } from './payin-run';
import { publish } from './publish';

/** Lesspay answers, but not in a way that helps: a person must look. Anything else is Lesspay being down. */
const IN_VAIN: ReadonlySet<string> = new Set(['unreadable', 'refused', 'invalid_request']);

/** "Not found" is an answer. In vain: what came can't be used. Broken off: the history got long, and the fresh run asks. */
export type Asked = 'answered' | 'in_vain' | 'broken_off';

/**
 * Asks Lesspay for the order and applies what it says.
 * @param why what an operator reads beside the call while Lesspay does not answer
 */
export async function askLesspay(run: PayinRun, why: string): Promise<Asked> {
  const { facts } = run;
  // A hint that comes while Lesspay is being asked is a new one.
  facts.hinted = false;
  try {
    const found = await untilHistoryIsLong(() => findOrder(run, why));
    if (found) run.observe(found.order, Date.now(), found.around);
    else run.notFound(Date.now());
    run.asks += 1;
    return 'answered';
  } catch (error) {
    if (isCancellation(error)) {
      run.hint();
      return 'broken_off';
    }
    const { kind, message } = lesspayFailure(error);
    if (kind === 'credentials') run.credentialsRefused(message, Date.now());
    else if (IN_VAIN.has(kind)) run.flag({ code: 'query_unreadable', message }, Date.now());
    else run.note('no_answer', message, Date.now());
    run.asks += 1;
    return 'in_vain';
  }
}

/** Lesspay looks through 7 days at most at a time. */
async function findOrder(
  run: PayinRun,
  why: string,
): Promise<{ readonly order: SeenOrder; readonly around: number } | undefined> {
  const { request_id } = run.payin;
  for (const around of run.anchors(Date.now())) {
    const answer = await queryOrder(why, { request_id, ordered_at: around }, () => publish(run));
    if (answer.found) return { order: answer.order, around };
  }
  return undefined;
}
