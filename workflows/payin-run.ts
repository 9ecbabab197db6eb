import type { SeenOrder } from '../activities/lesspay-activities';
import { sameDecimal } from './decimal';
import { firstFacts, type PayinFacts } from './payin-facts';
import type { OperatorNote, PayinInput, PayinResult, PayinView, Refusal, WebhookClaim } from './payin-messages';
import {
  isLesspayStatus,
  isOutcome,
  openAlerts,
  otherIdentity,
  rejected,
  transition,
  verdict,
  windowEnded,
  type Alert,
  type Flag,
  type Payin,
  type PayinStatus,
  type Transition,
} from './payin-state';
import { payinResult, payinView } from './payin-view';
import { nextPoll, type Poll } from './poll-schedule';

/** Why the loop will ask, when nothing wakes it before. */
export interface Wait {
  readonly at: number;
  readonly poll?: Poll;
}

const KEPT_DIGESTS = 100;
const KEPT_NOTICES = 20;

/** Conditions rather than facts about the order: flagged again when they last beyond an acknowledgement. */
const RECURRING: ReadonlySet<string> = new Set<Flag['code']>(['credentials', 'query_unreadable']);

/** The state of one run: what it knows, and what each message and answer does to it. Makes no calls. */
export class PayinRun {
  readonly facts: PayinFacts;
  /** Something changed that the loop should look at. */
  stirred = false;
  /** The history is long: whoever waits for an answer is sent to ask again, so that continue-as-new can follow. */
  rollingOver = false;
  /** What the search attributes say; at the start, what `payinStart` set. */
  shown: { status: PayinStatus; pay_order_id: string | undefined; attention: boolean };

  constructor(
    readonly input: PayinInput,
    readonly workflow_id: string,
    now: number,
  ) {
    this.facts = input.carried ?? firstFacts(input.request, now);
    const { status, pay_order_id } = this.payin;
    this.shown = { status, pay_order_id, attention: this.openAlerts.length > 0 };
  }

  get payin(): Payin {
    return this.facts.payin;
  }

  get openAlerts(): Alert[] {
    return openAlerts(this.facts.alerts);
  }

  /** Nothing is left to do, nor to tell anybody. */
  get finished(): boolean {
    const settled = isOutcome(this.payin.status) || this.facts.window_over;
    return settled && !this.facts.hinted && this.facts.claims.length === 0 && this.openAlerts.length === 0;
  }

  /** It is known whether there is an order to pay. */
  get checkoutReady(): boolean {
    return this.payin.status !== 'CREATING';
  }

  /** A verified webhook: a hint, never the truth. */
  receive(claim: WebhookClaim | undefined, now: number): void {
    const { facts } = this;
    if (typeof claim?.digest !== 'string') {
      // A signal sent by hand may hold anything: it must not break the run, and asking is harmless.
      this.note('malformed_signal', 'a webhook signal could not be read', now);
      return this.hint();
    }
    if (facts.digests.includes(claim.digest)) return;
    facts.digests = [...facts.digests, claim.digest].slice(-KEPT_DIGESTS);
    if (claim.event) this.note('event', `Lesspay reports ${claim.event}`, now);
    if (facts.taken) return this.note('not_ours', "a webhook for somebody else's order was left aside", now);
    const stranger = otherIdentity(this.payin, claim);
    if (stranger) this.flag({ code: 'identity_mismatch', message: `a webhook differs: ${stranger}` }, now);
    else if (this.isNews(claim)) {
      if (claim.order_status !== undefined && isLesspayStatus(claim.order_status)) {
        facts.claims = [...facts.claims.filter((known) => known.order_status !== claim.order_status), claim];
        facts.claim_asks = 0;
      }
      this.hint();
    } else this.note('stale_webhook', `a webhook says ${claim.order_status}, the pay-in is ${this.payin.status}`, now);
  }

  /** An operator or the reconciliation wants Lesspay asked. */
  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.note('wake', `${note?.who ?? 'somebody'}: ${note?.why ?? 'no reason given'}`, now);
    this.hint();
  }

  private hint(): void {
    if (!this.facts.taken) this.facts.hinted = true;
  }

  acknowledge({ who, why }: OperatorNote, now: number): void {
    this.facts.alerts = this.facts.alerts.map((alert) =>
      alert.acknowledged ? alert : { ...alert, acknowledged: { who, why, at: now } },
    );
    this.stirred = true;
  }

  /** What *Cancel* in the UI means: no more polls, never a lost order. */
  stopWatching(now: number): void {
    this.facts.watching = false;
    this.note('stop_watching', 'Cancel was requested: no more polls; a webhook or a wake still asks', now);
    this.stirred = true;
  }

  /** Create-order answered: the order exists. */
  created(order: { pay_order_id: string; checkout_url?: string }, now: number): void {
    this.ordered(now);
    if (order.checkout_url !== undefined) this.facts.checkout_url = order.checkout_url;
    this.apply(transition(this.payin, { ...order, status: 'PENDING_PAY', at: now }), now);
    this.dropOldClaims();
  }

  /** Lesspay refused, and surely no order of ours exists. */
  refused(refusal: Refusal, now: number): void {
    this.facts.creation_over = true;
    this.facts.refusal = refusal;
    this.facts.payin = rejected(this.payin, now);
    this.dropOldClaims();
  }

  /** Somebody else's order has our request_id (rule 3). */
  takenByAnother(message: string, now: number): void {
    this.facts.taken = true;
    this.refused({ code: 1201, message }, now);
    this.facts.claims = [];
    this.facts.hinted = false;
    this.flag({ code: 'request_id_taken', message }, now);
  }

  /** Query-order answered with our order, or with what goes by our request_id. */
  observe(order: SeenOrder, now: number): void {
    if (this.facts.taken) return;
    if (this.neverOrdered) {
      const difference = differsFromSent(this.input, order);
      if (difference) return this.takenByAnother(difference, now);
      this.ordered(this.facts.doubt_since ?? now);
      this.note('adopted', 'an earlier create-order had taken effect: its order was found and adopted', now);
    }
    const seen = transition(this.payin, { ...order, at: now });
    this.apply(seen, now);
    if (seen.alerts.some(({ code }) => code === 'identity_mismatch')) return;
    if (order.checkout_url !== undefined) this.facts.checkout_url ??= order.checkout_url;
    this.facts.claims = this.facts.claims.filter(({ order_status }) => order_status !== order.status);
    this.dropOldClaims();
  }

  /** The watch window is over: from here on, only a webhook or a person brings news. */
  private endWindow(now: number): void {
    this.facts.window_over = true;
    this.giveUpClaims(now);
    this.apply(windowEnded(this.payin), now);
  }

  /** A claim that was never shown is a person's to clear up. */
  private giveUpClaims(now: number): void {
    for (const { order_status } of this.facts.claims) {
      const message = `a webhook said ${order_status}, and query-order never showed it`;
      this.flag({ code: 'unconfirmed_claim', message }, now);
    }
    this.facts.claims = [];
  }

  credentialsRefused(now: number): void {
    this.flag({ code: 'credentials', message: 'Lesspay refuses our credentials' }, now);
  }

  flag(flag: Flag, now: number): void {
    const known = this.facts.alerts.some(
      ({ code, message, acknowledged }) =>
        code === flag.code && (RECURRING.has(code) ? !acknowledged : message === flag.message),
    );
    if (!known) this.facts.alerts = [...this.facts.alerts, { ...flag, at: now }];
    this.stirred = true;
  }

  note(code: string, message: string, now: number): void {
    this.facts.notices = [...this.facts.notices, { code, message, at: now }].slice(-KEPT_NOTICES);
  }

  /** When to ask next if nothing comes before; undefined when only a hint should. */
  nextWait(now: number, random: number): Wait | undefined {
    const { facts } = this;
    const gap = facts.claims.length > 0 ? this.input.poll_schedule.claim_ms[facts.claim_asks - 1] : undefined;
    const soon = gap === undefined ? undefined : { at: now + gap };
    const noNews = isOutcome(this.payin.status) && facts.claims.length === 0;
    if (!facts.watching || facts.window_over || noNews) return soon;
    const poll = this.nextPoll(now, random);
    if (soon && (!poll || soon.at < poll.at)) return soon;
    return poll && { at: Math.max(poll.at, now), poll };
  }

  private nextPoll(now: number, random: number): Poll | undefined {
    const { created_at, ordered_at = created_at, expires_at, polled_for } = this.facts;
    return nextPoll(this.input.poll_schedule, { ordered_at, expires_at }, polled_for, now, random);
  }

  /** The question was put; `poll` when the schedule put it. The schedule's last poll ends the window. */
  asked(poll: Poll | undefined, now: number): void {
    const { facts } = this;
    facts.claim_asks += 1;
    if (poll) {
      facts.polls += 1;
      facts.polled_for = poll.planned_at;
      if (!this.nextPoll(now, 0)) this.endWindow(now);
    }
    const onlyHints = facts.window_over || !facts.watching;
    if (onlyHints && facts.claim_asks > this.input.poll_schedule.claim_ms.length) this.giveUpClaims(now);
  }

  view(): PayinView {
    return payinView(this.facts, this.input.request, this.workflow_id);
  }

  result(): PayinResult {
    return payinResult(this.view(), this.facts, this.input.digest);
  }

  private ordered(at: number): void {
    this.facts.creation_over = true;
    this.facts.ordered_at = at;
    this.facts.polled_for = at;
    this.facts.expires_at = at + this.input.request.expires_in * 1_000;
  }

  private apply({ payin, alerts }: Transition, now: number): void {
    this.facts.payin = payin;
    for (const flag of alerts) this.flag(flag, now);
  }

  /** Would the claim change anything, were it true? */
  private isNews({ order_status }: WebhookClaim): boolean {
    const { status } = this.payin;
    if (this.neverOrdered || order_status === undefined || !isLesspayStatus(order_status)) return true;
    // Money that came in two parts: the first webhook was overtaken.
    if (order_status === 'PAID' && (status === 'SUCCEED' || status === 'REFUND')) return false;
    const what = verdict(status, order_status);
    return what !== 'same' && what !== 'stale';
  }

  private dropOldClaims(): void {
    this.facts.claims = this.facts.claims.filter((claim) => this.isNews(claim));
  }

  /** An order may exist under our request_id, and it is not yet known to be ours. */
  private get neverOrdered(): boolean {
    return this.facts.ordered_at === undefined && this.payin.status !== 'REJECTED';
  }
}

/** Names the first thing Lesspay echoes that is not what was sent: then the order is not ours (rule 3). */
function differsFromSent({ request }: PayinInput, order: SeenOrder): string | undefined {
  if (order.amount !== undefined && !sameDecimal(order.amount, request.amount)) return other('amount');
  for (const member of ['request_id', 'currency', 'product_name', 'description', 'success_url', 'fail_url'] as const)
    if (order[member] !== undefined && order[member] !== request[member]) return other(member);
  return undefined;
}

const other = (member: string) => `the order at Lesspay under this request_id has another ${member}: it is not ours`;
