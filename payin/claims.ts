import { flagged } from './alerts';
import { declineReason } from './decline-reason';
import { cardIn } from './paid-card';
import { inOurUnit } from './amount-unit';
import type { PayinFacts } from './facts';
import { addEvent, addNotice, offerCard, raiseAlert } from './journal';
import { instantOf } from './rfc3339';
import { storedCardIn, withoutStoredCard } from './stored-card';
import { isDecidedOver, moneyInWords, statesTheSame } from './word';
import { isLesspayStatus, mayBeLate, otherIdentity, transition, unknownStatus } from './state';
import { askSoon, patienceEnds, watchAnew, windowIsOver } from './watch';
import { claimedWord, inWords, type OpenClaim, statedWord, unconfirmed, type WebhookClaim } from './webhook-claim';

/**
 * What webhooks claim. A claim never changes the status: it makes the pay-in ask query-order. A claim that query-order
 * does not show in time is flagged.
 */

/** How many digests of webhooks are kept, the newest ones. */
export const KEPT_DIGESTS = 100;
const KEPT_CLAIMS = 20;

/** @returns false if an identical webhook came before, and this one gives no new reason to ask Lesspay */
export function weighClaim(facts: PayinFacts, stated: WebhookClaim, now: number): boolean {
  const { other_unit, ...said } = inOurUnit(facts.request, stated);
  const claim: WebhookClaim = withoutStoredCard(said);
  const again = facts.digests.includes(claim.digest);
  if (again && !mustAskAgain(facts, claim)) return false;
  facts.digests = [...facts.digests.filter((known) => known !== claim.digest), claim.digest].slice(-KEPT_DIGESTS);
  addWebhookEvent(facts, claim, now);
  noteCard(facts, claim, now);
  noteStoredCard(facts, said, now);
  if (other_unit && !facts.taken && !otherIdentity(facts.payin, claim)) flagUnit(facts, claim, now);
  weigh(facts, claim, again, now);
  return true;
}

function weigh(facts: PayinFacts, claim: WebhookClaim, again: boolean, now: number): void {
  if (facts.taken) return addNotice(facts, 'not_ours', "a webhook for somebody else's order was ignored", now);
  const stranger = otherIdentity(facts.payin, claim);
  if (stranger)
    return void raiseAlert(facts, { code: 'identity_mismatch', message: `a webhook differs: ${stranger}` }, now);
  if (claim.event !== undefined && !again) report(facts, claim.event, claim, now);
  if (!isNews(facts, claim)) {
    const message = `a webhook says ${claim.order_status}, the pay-in is ${facts.payin.status}`;
    return claim.event === undefined ? addNotice(facts, 'stale_webhook', message, now) : undefined;
  }
  if (claim.order_status !== undefined && !isLesspayStatus(claim.order_status))
    raiseAlert(facts, unknownStatus(claim.order_status), now);
  else if (claim.order_status !== undefined) keepClaim(facts, claim, now);
  askSoon(facts);
}

/** What a webhook says of the card that paid, if it is new. It changes nothing. */
function noteCard(facts: PayinFacts, claim: WebhookClaim, now: number): void {
  const card = cardIn(claim);
  if (facts.taken || otherIdentity(facts.payin, claim) || Object.keys(card).length === 0) return;
  if (JSON.stringify(card) === JSON.stringify(facts.card)) return;
  facts.card = card;
  addEvent(facts, { kind: 'card', source: 'lesspay', data: { ...card } }, now);
}

/** Keeps the card that Lesspay has stored. One that was offered stays: the merchant may have kept its id. */
function noteStoredCard(facts: PayinFacts, claim: WebhookClaim, now: number): void {
  const card = storedCardIn(claim);
  if (!card || facts.taken || otherIdentity(facts.payin, claim)) return;
  const known = facts.stored_card;
  if (known?.offered) {
    if (known.id !== card.id)
      addNotice(facts, 'other_card', 'a webhook states another stored card than the one that was offered', now);
    return;
  }
  facts.stored_card = card;
  offerCard(facts, now);
}

/** A webhook is only a hint, but a person must look at once, and the payer must not pay meanwhile. */
function flagUnit(facts: PayinFacts, { amount, currency = facts.payin.currency }: WebhookClaim, now: number): void {
  facts.unit_wrong = true;
  const [theirs, ours] = [moneyInWords({ amount, currency }), moneyInWords(facts.payin)];
  const message = `a webhook states ${theirs}, ours is ${ours}: the units of the amount are mixed up`;
  raiseAlert(facts, { code: 'amount_unit', message }, now);
}

/** Opens the claim, so that it is asked about. A repeated claim keeps the time and the flag of the first one. */
function keepClaim(facts: PayinFacts, claim: WebhookClaim, now: number): void {
  const known = openClaimLike(facts, claim);
  const others = facts.claims.filter((other) => other !== known);
  const flagged = known?.flagged ? { flagged: known.flagged } : {};
  facts.claims = [...others, { ...claim, since: known?.since ?? now, ...flagged }].slice(-KEPT_CLAIMS);
  facts.claim_asks = 0;
  if (windowIsOver(facts, now)) watchAnew(facts, now);
}

/** An identical webhook came before. Does it state what would still change something, and is no longer asked about? */
function mustAskAgain(facts: PayinFacts, claim: WebhookClaim): boolean {
  const { order_status } = claim;
  if (facts.taken || otherIdentity(facts.payin, claim)) return false;
  if (order_status === undefined || !isLesspayStatus(order_status)) return false;
  // Without an amount, it may be what an operator decided over: it was asked about once, and that is enough.
  if (isDecidedOver(facts.decided_over, statedWord(claim))) return false;
  return openClaimLike(facts, claim) === undefined && isNews(facts, claim);
}

const openClaimLike = (facts: PayinFacts, claim: WebhookClaim): OpenClaim | undefined =>
  facts.claims.find((known) => claimedBy(facts, known) === claimedBy(facts, claim));

/** What the webhook claims, as text. Claims with the same text are one claim. */
export const claimedBy = ({ decided_over, payin }: PayinFacts, claim: WebhookClaim): string =>
  inWords(claimedWord(claim, decided_over), payin);

/** If the claim were true, would it change the pay-in or raise a new alert? */
function isNews(facts: PayinFacts, claim: WebhookClaim): boolean {
  const { order_status } = claim;
  if (isNotKnownToExist(facts) || order_status === undefined || !isLesspayStatus(order_status)) return true;
  const { payin, decided_over, alerts: known } = facts;
  const stated = statedWord(claim);
  if (decided_over.some((decided) => statesTheSame(decided, stated))) return false;
  const word = claimedWord(claim, decided_over);
  const { changes, alerts } = transition(payin, { ...word, at: 0 });
  return changes.length > 0 || alerts.some((flag) => flagged(known, flag, 0) !== known);
}

/** An order may exist under our request_id, but it is not yet known to be ours. */
const isNotKnownToExist = ({ ordered_at, payin: { status } }: PayinFacts): boolean =>
  ordered_at === undefined && status !== 'REJECTED';

/** Fraud and dispute events never change the status (docs/lesspay.md, "Fraud and dispute events"). */
function report(facts: PayinFacts, event: string, claim: WebhookClaim, now: number): void {
  const { event_category, event_code, event_deadline } = claim;
  const reason = event === 'payment_declined' ? declineReason(event_code) : undefined;
  const what = [
    event_category && `category ${event_category}`,
    event_code && `code ${event_code}`,
    reason?.replace('_', ' '),
    event_deadline && `to be answered by ${event_deadline}`,
  ];
  const message = [`Lesspay reports ${event.slice(0, 64)}`, ...what.filter(Boolean)].join(', ');
  const code = event_code === undefined ? {} : { code: event_code };
  if (event === 'payment_declined') {
    addEvent(facts, { kind: event, source: 'lesspay', data: { ...code, ...(reason ? { reason } : {}) } }, now);
    addNotice(facts, event, message, now);
  } else if (event === 'dispute_received') {
    const category = event_category === undefined ? {} : { category: event_category };
    const deadline = event_deadline !== undefined && instantOf(event_deadline) ? { answer_by: event_deadline } : {};
    addEvent(facts, { kind: 'dispute', source: 'lesspay', data: { ...category, ...code, ...deadline } }, now);
    raiseAlert(facts, { code: event, message, ...deadline }, now);
  } else {
    addEvent(facts, { kind: 'event', source: 'lesspay', data: { event: event.slice(0, 64) } }, now);
    raiseAlert(facts, { code: 'unknown_event', message: `${message}: an event unknown to us` }, now);
  }
}

function addWebhookEvent(facts: PayinFacts, { digest, version, order_status, event }: WebhookClaim, now: number): void {
  const status = order_status === undefined ? {} : { order_status: order_status.slice(0, 64) };
  const data = { digest, version, ...status, ...(event === undefined ? {} : { event: event.slice(0, 64) }) };
  addEvent(facts, { kind: 'webhook', source: 'lesspay', data }, now);
}

/** Drops the claims that would no longer change anything. */
export function dropOldClaims(facts: PayinFacts): void {
  facts.claims = facts.claims.filter((claim) => isNews(facts, claim));
}

/** Lesspay answered and did not show these claims: gives up those that were asked about for too long. */
export function judgeClaims(facts: PayinFacts, now: number): void {
  facts.claims = facts.claims.flatMap((claim) => {
    if (claim.flagged || now < patienceEnds(facts, claim)) return [claim];
    return giveUp(facts, claim, now) ? [{ ...claim, flagged: true as const }] : [];
  });
}

/** Ends all claims: none is asked about any more. */
export function giveUpClaims(facts: PayinFacts, now: number): void {
  for (const claim of facts.claims) if (!claim.flagged) giveUp(facts, claim, now);
  facts.claims = [];
}

/** @returns true if an alert was raised. A claim of a status before the pay-in's (`mayBeLate`) leaves only a notice */
function giveUp(facts: PayinFacts, claim: WebhookClaim, now: number): boolean {
  const claimed = claimedBy(facts, claim);
  const { status } = facts.payin;
  if (mayBeLate(status, claim.order_status ?? '')) {
    const message = `a webhook said ${claimed}, but query-order does not: the status stays ${status}`;
    addNotice(facts, 'late_webhook', message, now);
    return false;
  }
  raiseAlert(facts, { code: 'unconfirmed_claim', message: unconfirmed(claimed) }, now);
  return true;
}
