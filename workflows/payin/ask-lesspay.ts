import { lesspayFailure, type OrderAnswer, queryOrder } from './activities';
import type { SeenOrder } from '../../payin/seen-order';
import { historyIsLong } from '../loop/long-history';
import type { PayinRun } from './run';
import { waitUntil } from './wait-until';
import { addNotice, raiseAlert } from '../../payin/journal';
import { askSoon } from '../../payin/watch';
import { credentialsRefused, orderNotFound, orderSeen, whenOrdered } from '../../payin/answers';
import type { OrderQuery } from './activities';

/** Lesspay answers, but not in a way that helps: a person must look. Anything else is Lesspay being down. */
const IN_VAIN: ReadonlySet<string> = new Set(['unreadable', 'refused', 'invalid_request']);

/** While Lesspay does not answer, hints have it asked at once again, but no sooner than this after it was last asked. */
const ASK_AGAIN_MS = 5_000;

/** "Not found" is an answer. In vain: what came can't be used. Broken off: a hint came, or the history got long; ask again. */
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
    const found = await findOrder(run, why);
    if (found === 'broken_off') {
      askSoon(facts);
      return found;
    }
    if (found) orderSeen(facts, found.order, Date.now(), found.around);
    else orderNotFound(facts, Date.now());
    run.asks += 1;
    return 'answered';
  } catch (error) {
    const { kind, message } = lesspayFailure(error);
    if (kind === 'credentials') credentialsRefused(facts, message, Date.now());
    else if (IN_VAIN.has(kind)) raiseAlert(facts, { code: 'query_unreadable', message }, Date.now());
    else addNotice(facts, 'no_answer', message, Date.now());
    run.asks += 1;
    return 'in_vain';
  }
}

/** Lesspay looks through 7 days at most at a time. */
async function findOrder(
  run: PayinRun,
  why: string,
): Promise<{ readonly order: SeenOrder; readonly around: number } | 'broken_off' | undefined> {
  const { request_id, pay_order_id } = run.payin;
  const ids = pay_order_id === undefined ? { request_id } : { request_id, pay_order_id };
  for (const around of whenOrdered(run.facts, Date.now())) {
    const answer = await ask(run, why, { ...ids, ordered_at: around });
    if (answer === 'broken_off') return answer;
    if (answer.found) return { order: answer.order, around };
  }
  return undefined;
}

/** One question: quickly, and where there is no answer, again and again beside the loop. */
async function ask(run: PayinRun, why: string, query: OrderQuery): Promise<OrderAnswer | 'broken_off'> {
  const asked_at = Date.now();
  const answer = await queryOrder.quickly(query);
  if (answer) return answer.result;
  run.asks += 1;
  const errand = queryOrder.durably(why, query);
  // The pause between two tries may last a minute, though Lesspay is back: a hint ends it. A flood of hints must not ask more often.
  const isOver = () => errand.ended || historyIsLong();
  await waitUntil(run, () => isOver() || run.facts.hinted);
  await waitUntil(run, isOver, { at: asked_at + ASK_AGAIN_MS, summary: 'ask Lesspay again, since somebody asks' });
  if (errand.ended) return errand.result;
  errand.cancel();
  return 'broken_off';
}
