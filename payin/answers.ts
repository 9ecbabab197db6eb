import { isAboutAnswers } from './alerts';
import { type InOtherUnit, inOurUnit } from './amount-unit';
import { claimedBy, dropOldClaims, giveUpClaims, judgeClaims } from './claims';
import type { PayinFacts } from './facts';
import { addEvent, addNotice, applyTransition, endAlerts, moveTo, raiseAlert } from './journal';
import type { Poll } from './poll-schedule';
import { LOOK_BACK, queryAnchors } from './query-anchors';
import type { Refusal } from './request';
import { type CreatedOrder, differsFromSent, type SeenOrder } from './seen-order';
import { isDecidedOver } from './word';
import { isOutcome, rejected, transition, windowEnded } from './state';
import { askSoon, pollAfter } from './watch';
import { shownBy, unconfirmed } from './webhook-claim';

/** What each answer of Lesspay, or a missing answer, does to a pay-in. */

/** Create-order answered: the order exists. */
export function orderCreated(facts: PayinFacts, order: CreatedOrder, now: number): void {
  answered(facts, now);
  orderExists(facts, now);
  if (order.checkout_url !== undefined) facts.checkout_url = order.checkout_url;
  if (order.next_step !== undefined) facts.next_step = order.next_step;
  const said = inOurUnit(facts.request, order);
  noteUnit(facts, said);
  applyTransition(facts, transition(facts.payin, { ...said, status: 'PENDING_PAY', at: now }), 'lesspay', now);
  dropOldClaims(facts);
  // An answer that repeats the integer that was sent does not show how Lesspay took it. Query-order may.
  if (facts.request?.terms?.unit === 'minor') {
    facts.unit_unproved = true;
    askSoon(facts);
  }
}

/** Once Lesspay has stated an amount in another unit, the payer is never sent to pay this order. */
function noteUnit(facts: PayinFacts, { other_unit }: InOtherUnit): void {
  if (other_unit) facts.unit_wrong = true;
}

function orderExists(facts: PayinFacts, at: number): void {
  const { request, attempted_at = at } = facts;
  facts.creation_over = true;
  facts.ordered_at = at;
  facts.polled_for = Math.max(facts.polled_for, at);
  if (request) facts.expires_at = Math.max(at, attempted_at) + request.expires_in * 1_000;
}

/** Lesspay refused to create the order, or could not be reached in time; it is certain that no order of ours exists. */
export function orderRefused(facts: PayinFacts, refusal: Refusal, now: number): void {
  if (refusal.code !== undefined) answered(facts, now);
  facts.creation_over = true;
  facts.refusal = refusal;
  moveTo(facts, rejected(facts.payin, now), refusal.code === undefined ? 'workflow' : 'lesspay', now);
  dropOldClaims(facts);
}

/** Somebody else's order has our request_id (docs/design.md, rule 3). */
export function takenByAnother(facts: PayinFacts, message: string, now: number): void {
  facts.taken = true;
  const refusal = { code: 1201, message };
  // An outcome that an operator decided stays; only the alert is raised.
  if (isOutcome(facts.payin.status)) facts.refusal = refusal;
  else orderRefused(facts, refusal, now);
  facts.claims = [];
  facts.hinted = false;
  flagTaken(facts, now);
}

export function flagTaken(facts: PayinFacts, now: number): void {
  const message = facts.refusal?.message ?? "this request_id belongs to somebody else's order";
  raiseAlert(facts, { code: 'request_id_taken', message }, now);
}

/** The run was reset: it may have made an order that its history no longer shows. All of the past is searched for it. */
export function mayHaveForgotten(facts: PayinFacts): void {
  facts.doubt_since ??= facts.created_at;
  facts.any_age = true;
  askSoon(facts);
}

/**
 * Lesspay refuses a create-order because it has an order under our request_id, which the look-up did not show: the order may be
 * older than the pay-in. All of the past is searched for it, once.
 */
export function mayBeOlder(facts: PayinFacts): void {
  if (facts.past_searched) return;
  facts.past_searched = true;
  facts.any_age = true;
}

export function credentialsRefused(facts: PayinFacts, message: string, now: number): void {
  raiseAlert(facts, { code: 'credentials', message }, now);
}

/** The instants around which to look the order up, the newest first, epoch ms: one query window for each. */
export function whenOrdered(facts: PayinFacts, now: number): number[] {
  const { ordered_at, any_age, created_at, doubt_since = created_at, attempted_at = doubt_since } = facts;
  if (ordered_at !== undefined) return [ordered_at];
  return any_age ? queryAnchors(now - LOOK_BACK, now) : queryAnchors(doubt_since, attempted_at);
}

/**
 * Query-order answered with an order: ours, or another one under our request_id.
 * @param around the instant around which the query searched, epoch ms
 */
export function orderSeen(facts: PayinFacts, stated: SeenOrder, now: number, around = now): void {
  answered(facts, now);
  if (facts.taken) return;
  const order = inOurUnit(facts.request, stated);
  if (facts.ordered_at === undefined) {
    const { request } = facts;
    const difference = request && !facts.adopted ? differsFromSent(request, order) : undefined;
    if (difference) {
      noteUnit(facts, order);
      for (const alert of transition(facts.payin, { ...order, at: now }).alerts)
        if (alert.code === 'amount_unit') raiseAlert(facts, alert, now);
      return takenByAnother(facts, difference, now);
    }
    orderExists(facts, around);
    addNotice(
      facts,
      'adopted',
      'query-order found an order that no answer of create-order had named: it was adopted',
      now,
    );
  }
  const seen = transition(facts.payin, { ...order, at: now });
  const isStrange = seen.alerts.some(({ code }) => code === 'identity_mismatch');
  // An operator decided against this same answer before: repeated, it changes nothing.
  const isOld = isDecidedOver(facts.decided_over, order);
  if (!isStrange) {
    noteUnit(facts, order);
    facts.unit_unproved = false;
  }
  const raised = isStrange || !isOld ? applyTransition(facts, seen, 'lesspay', now) : [];
  if (isStrange) return;
  const { status, amount, currency } = order;
  const money = { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) };
  if (raised.some(({ code }) => code === 'part_refund'))
    addEvent(facts, { kind: 'part_refund', source: 'lesspay', data: money }, now);
  facts.said = { status, ...money };
  if (order.checkout_url !== undefined) facts.checkout_url ??= order.checkout_url;
  const shown = shownBy(facts.said, facts.payin);
  const messages = shown.map(unconfirmed);
  endAlerts(facts, ({ code, message }) => code === 'unconfirmed_claim' && messages.includes(message), now);
  facts.claims = facts.claims.filter((claim) => !shown.includes(claimedBy(facts, claim)));
  dropOldClaims(facts);
  judgeClaims(facts, now);
}

/** Query-order answered: Lesspay knows no such order. */
export function orderNotFound(facts: PayinFacts, now: number): void {
  const { payin, any_age } = facts;
  answered(facts, now);
  judgeClaims(facts, now);
  if (payin.pay_order_id !== undefined || any_age)
    addNotice(facts, 'not_found', 'Lesspay does not find the order', now);
  // All of the past was searched. If the order exists nevertheless, it is too new for query-order to show it.
  facts.any_age = false;
}

/**
 * Lesspay was asked, with or without a usable answer. The schedule's last poll ends the watch window.
 * @param poll given if the poll schedule was the reason to ask
 */
export function wasAsked(facts: PayinFacts, poll: Poll | undefined, now: number): void {
  facts.claim_asks += 1;
  if (poll) {
    facts.polls += 1;
    facts.polled_for = poll.planned_at;
    if (!pollAfter(facts, now, 0)) endWindow(facts, now);
  }
  if (facts.woken) remindOfDecision(facts, now);
  facts.woken = false;
}

/** There are no more polls: from now on Lesspay is asked only after a hint. */
function endWindow(facts: PayinFacts, now: number): void {
  facts.window_over = true;
  giveUpClaims(facts, now);
  applyTransition(facts, windowEnded(facts.payin), 'workflow', now);
}

/** The signal `wake` had Lesspay asked, and the status is still one that a person must decide. */
function remindOfDecision(facts: PayinFacts, now: number): void {
  const { status } = facts.payin;
  if (status === 'UNRESOLVED' || status === 'PAID')
    raiseAlert(
      facts,
      { code: 'unresolved', message: `Lesspay was asked after the signal wake, and the status is still ${status}` },
      now,
    );
}

/** A readable answer came: alerts about missing or unreadable answers end. */
function answered(facts: PayinFacts, now: number): void {
  endAlerts(facts, isAboutAnswers, now);
}
