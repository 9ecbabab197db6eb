import { lesspayFailure, type OrderAnswer, queryOrder, type OrderQuery } from './activities';
import type { SeenOrder } from '../../payin/seen-order';
import { historyIsLong } from '../loop/long-history';
import type { PayinRun } from './run';
import { waitUntil } from './wait-until';
import { addNotice, raiseAlert } from '../../payin/journal';
import { askSoon } from '../../payin/watch';
import { credentialsRefused, orderNotFound, orderSeen, whenOrdered } from '../../payin/answers';

/** Failures in which Lesspay answers, but the answer can't be used: a person must look. Credentials have their own alert. */
const IN_VAIN: ReadonlySet<string> = new Set(['unreadable', 'refused', 'invalid_request']);

/** While Lesspay does not answer, a hint has it asked again at once, but no sooner than this after it was last asked. */
const ASK_AGAIN_MS = 5_000;

/**
 * `answered`: also by "not found". `in_vain`: no answer came, or one that can't be used. `broken_off`: a hint came, or the
 * history got long, before an answer; ask again.
 */
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

/** One query covers 7 days at most: asks once for each window in which the order may be. */
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

/** One query: first a quick call, then, if that gets no answer, a durable one beside the loop. */
async function ask(run: PayinRun, why: string, query: OrderQuery): Promise<OrderAnswer | 'broken_off'> {
  const asked_at = Date.now();
  const answer = await queryOrder.quickly(query);
  if (answer) return answer.result;
  run.asks += 1;
  const activity = queryOrder.durably(why, query);
  // The pause between two attempts may last a minute, even if Lesspay is back: a hint ends it, but not more often than this.
  const isOver = () => activity.ended || historyIsLong();
  await waitUntil(run, () => isOver() || run.facts.hinted);
  await waitUntil(run, isOver, { at: asked_at + ASK_AGAIN_MS, summary: 'a hint came: ask Lesspay again' });
  if (activity.ended) return activity.result;
  activity.cancel();
  return 'broken_off';
}
