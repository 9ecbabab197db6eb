import type { OrderView } from '../../sandbox/control';
import type { ReceivedNotification } from '../../sandbox/received-notifications';
import type { PayinRecord } from '../../records/payin-record';
import type { PayinEvent } from '../../payin/events';
import type { PayinState } from '../../payin/view';
import type { AlertCode } from '../../payin/alerts';
import type { PayinStatus } from '../../payin/state';
import { after, contradicts, isOpen, mayFollow, type Reference, saysMoney, UNPAID_ENDS } from './reference';
import type { ReceivedWebhook } from './received-webhooks';
import { breakages, lesspayCalls, neededAttention, type Run, statuses, webhookDigests } from './run-histories';
import type { ToldPayin } from './told-payin';

/** All that is known of a pay-in when its story is over. */
export interface Ending {
  readonly reference: Reference;
  readonly runs: readonly Run[];
  /** Temporal's word for the last run. */
  readonly run: string;
  readonly state: PayinState;
  /** Lesspay's truth. */
  readonly order: OrderView | undefined;
  readonly received: readonly ReceivedWebhook[];
  readonly posts: ToldPayin['posts'];
  readonly record: PayinRecord | undefined;
  readonly recorded: readonly PayinEvent[];
  readonly notified: readonly ReceivedNotification[];
}

const flagged = ({ alerts }: PayinState, code: AlertCode): boolean => alerts.some((alert) => alert.code === code);

/** Facts about the order: said once, however often they are seen. */
const ONCE = /^(part_refund|status_conflict|amount_mismatch|ended_with_money|late_payment): /;

/** What is wrong with where the pay-in stands, when Lesspay and time have had every chance to set it right. */
export function wrongEnd(ending: Ending): string[] {
  const { reference, state, order, run, received } = ending;
  const { status, needs_attention, alerts, taken } = state;
  const wrong: string[] = [];
  if (order && after(status, order.status) !== status && !notOurs(ending) && !decidedOver(ending, order))
    wrong.push(`Lesspay says ${order.status}, the pay-in is ${status}`);
  if (!order && isOpen(status) && !needs_attention)
    wrong.push(`there is no order, and the pay-in is silently ${status}`);
  if (order && status === 'REJECTED' && !taken && !reference.stranger) wrong.push('REJECTED, and our order exists');
  if (taken && !reference.stranger && !reference.takenLied && !reference.amountLied)
    wrong.push("our own order was taken for somebody else's");
  if (run === 'RUNNING' && !needs_attention && !reference.stopped) wrong.push('left open, and nobody is told why');
  if (run === 'COMPLETED' && needs_attention) wrong.push('ended before a person had dealt with what is flagged');
  if (run === 'COMPLETED' && isOpen(status)) wrong.push(`ended as ${status}`);
  const sayings = alerts.map(({ code, message }) => `${code}: ${message}`);
  const repeated = sayings.filter((saying, index) => ONCE.test(saying) && sayings.indexOf(saying) !== index);
  if (repeated.length > 0) wrong.push(`flagged twice: ${repeated.join(', ')}`);
  const isTold = flagged(state, 'status_conflict') || decided(ending);
  // Late words of money are given up where query-order goes on saying otherwise: as it may have by a fault.
  const missed = reference.statusLied && order !== undefined && saysMoney(order.status);
  if (order && contradicts(status, order.status) && !isTold && !missed && !notOurs(ending))
    wrong.push(`Lesspay says ${order.status} after ${status}, and nobody is told`);
  for (const { order_status, pay_order_id, event, answered } of received) {
    const claimsMoney = ['SUCCEED', 'PAID', 'REFUND'].includes(order_status ?? '');
    const ofOurs = pay_order_id === (order?.pay_order_id ?? pay_order_id);
    const isNamed = event === undefined || event === 'dispute_received' || event === 'payment_declined';
    const isHeard = taken || reference.stranger || reference.takenLied || reference.amountLied || reference.idLied;
    if (answered === 200 && !isNamed && ofOurs && order && !isHeard && !flagged(state, 'unknown_event'))
      wrong.push(`a webhook reported ${event}, and nobody is told`);
    if (answered === 200 && claimsMoney && ofOurs && !saysMoney(status) && alerts.length === 0)
      wrong.push(`a webhook said ${order_status}, and nobody is told that it is ${status}`);
  }
  return wrong;
}

/** Nothing said of the order is applied, and a person is told why. */
function notOurs({ reference, state, order }: Ending): boolean {
  const { stranger, takenLied, amountLied, idLied } = reference;
  // Of an order that nobody knows, the first amount that Lesspay states is taken for the order's.
  const misled = state.digest === undefined && state.amount !== order?.target_amount;
  if (amountLied && misled && flagged(state, 'amount_mismatch')) return true;
  if (flagged(state, 'request_id_taken') && state.taken) return stranger || takenLied || amountLied;
  return idLied && flagged(state, 'identity_mismatch');
}

/** A person made of what Lesspay says, and still says, what the pay-in is. */
const decidedOver = ({ state: { audit, status } }: Ending, order: OrderView): boolean =>
  audit.some(({ action }) => action === `resolve ${order.status} -> ${status}`);

const decided = ({ reference: { resolveAsked }, state: { status } }: Ending): boolean => resolveAsked.has(status);

/** What must never have been, at any time. */
export function wrongDoings(ending: Ending, ordersCreated: number): string[] {
  return [
    ...(ordersCreated > 1 ? [`${ordersCreated} orders were created`] : []),
    ...breakages(ending.runs),
    ...wrongCreates(ending.runs),
    ...wrongStatuses(ending),
    ...wrongSignals(ending),
    ...wrongAnswers(ending),
    ...forgotten(ending),
  ];
}

/** docs/design.md, rule 3: after an attempt that may have taken effect, the order is looked up before the next; it is made once. */
function wrongCreates(runs: readonly Run[]): string[] {
  const wrong: string[] = [];
  let [inDoubt, lookedUp, exists] = [false, false, false];
  for (const call of lesspayCalls(runs)) {
    if (call.call === 'query') lookedUp ||= call.answered;
    else if (call.effect === 'under_way') {
      if (exists) wrong.push('create-order was sent again, although the order exists');
      else if (inDoubt && !lookedUp) wrong.push('create-order was sent again in doubt, and no look-up was answered');
      lookedUp = false;
    } else {
      inDoubt ||= call.effect === 'may_have';
      exists ||= call.effect === 'did';
    }
  }
  return wrong;
}

/** Each status was Lesspay's at that time or is ours for a reason, and follows the one before it by the rules. */
function wrongStatuses(ending: Ending): string[] {
  const { reference, runs, state } = ending;
  const seen = statuses(runs);
  const wrong: string[] = [];
  for (const [index, { status, at }] of seen.entries()) {
    if (!isFounded(status, at, ending)) wrong.push(`${status} was never the order's status`);
    const shown = seen[index - 1]?.status;
    if (shown === undefined) continue;
    // An adopted order is CREATING for a moment, which the search attribute may never show.
    const before = shown === 'REJECTED' && reference.adoptAsked && status !== 'CREATING' ? 'CREATING' : shown;
    if (!mayFollow(before, status, reference)) wrong.push(`${before} became ${status}`);
    const byOperator = reference.resolveAsked.has(status);
    if (UNPAID_ENDS.has(before) && saysMoney(status) && !byOperator && !flagged(state, 'late_payment'))
      wrong.push(`${before} became ${status}, and nobody was told of a late payment`);
    if (before === 'PAID' && UNPAID_ENDS.has(status) && !byOperator && !flagged(state, 'ended_with_money'))
      wrong.push(`PAID became ${status}, and nobody was told of the money`);
  }
  const had = new Set(seen.map(({ status }) => status));
  if (had.has('PAID') && !flagged(state, 'amount_mismatch')) wrong.push('PAID, and nobody was told of the amount');
  if (had.has('UNRESOLVED') && !flagged(state, 'unresolved')) wrong.push('UNRESOLVED, and nobody was told');
  if (seen.at(-1)?.status !== state.status)
    wrong.push(`the search attribute says ${seen.at(-1)?.status}, the pay-in is ${state.status}`);
  return wrong;
}

function isFounded(status: PayinStatus, seenAt: number, { reference, order }: Ending): boolean {
  if (isOpen(status) || status === 'UNRESOLVED' || status === 'REJECTED') return true;
  if (reference.resolveAsked.has(status) || (status === 'PAID' && reference.amountLied)) return true;
  return order?.history.some((past) => past.status === status && past.at <= seenAt) ?? false;
}

/** What was acknowledged to Lesspay is in a history; what was not verified is in none. */
function wrongSignals({ runs, received }: Ending): string[] {
  const signalled = webhookDigests(runs);
  const lost = received.filter(({ digest, answered }) => answered === 200 && !signalled.includes(digest));
  const verified = new Set<unknown>(received.map(({ digest }) => digest));
  const strange = signalled.filter((digest) => typeof digest === 'string' && !verified.has(digest));
  return [
    ...lost.map(({ order_status }) => `a webhook (${order_status}) was answered SUCCESS and is in no history`),
    ...strange.map(String).map((digest) => `an unverified webhook became a signal (${digest})`),
  ];
}

/** One start; and what has the request_id for one content has it not for another. */
function wrongAnswers({ posts }: Ending): string[] {
  const started = posts.filter(({ answered }) => answered.status === 201);
  const served = new Set(posts.filter(({ answered }) => answered.status < 202).map(({ content }) => content));
  return [
    ...(started.length > 1 ? [`${started.length} calls were told that they had started it`] : []),
    ...(served.size > 1 ? ['both contents got the same pay-in'] : []),
  ];
}

/** What was flagged and what people did goes on from run to run. */
function forgotten({ reference, runs, state }: Ending): string[] {
  const known = new Set(state.audit.map(({ why }) => why));
  return [
    ...(neededAttention(runs) && state.alerts.length === 0 ? ['it needed attention once, and no alert says why'] : []),
    ...reference.done
      .filter(({ why }) => !known.has(why))
      .map(({ why }) => `what an operator did (${why}) is forgotten`),
  ];
}
