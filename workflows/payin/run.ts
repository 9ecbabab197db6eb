import type { WorkflowInfo } from '@temporalio/workflow';
import type { SeenOrder } from '../../activities/lesspay';
import { ended, flagged, isAboutAnswers, settled } from '../../payin/alerts';
import { differsFromSent } from '../../payin/seen-order';
import { claimedWord, inWords, shownBy, statedWord, unconfirmed, type OpenClaim } from '../../payin/claims';
import { firstFacts, nothingKnown, resumedFacts, type AuditEntry, type PayinFacts } from '../../payin/facts';
import type { OperatorNote, PayinInput, PayinResult, PayinState, PayinView, Refusal, WebhookClaim } from './messages';
import {
  isDecidedOver,
  isLesspayStatus,
  isOutcome,
  mayBeLate,
  openAlerts,
  otherIdentity,
  rejected,
  statesTheSame,
  transition,
  unknownStatus,
  windowEnded,
  type Alert,
  type Flag,
  type Payin,
  type Transition,
  type Word,
} from '../../payin/state';
import type { Known } from './load';
import { tell, type Told } from '../../payin/journal';
import type { PayinEvent } from '../../payin/events';
import { payinState, payinView } from '../../payin/view';
import type { Poll } from '../../payin/poll-schedule';
import type { Telling } from './publish';
import { LOOK_BACK, queryAnchors } from '../../payin/query-anchors';
import { patienceEnds, pollAfter, watchAnew, windowIsOver } from '../../payin/watch';

const KEPT_DIGESTS = 100;
const KEPT_NOTICES = 20;
const KEPT_AUDIT = 100;
const KEPT_CLAIMS = 20;

/** The state of one run: what it knows, and what each message and answer does to it. Makes no calls. */
export class PayinRun {
  facts: PayinFacts;
  /** False in a resumed run that has not yet loaded what is known. */
  loaded: boolean;
  /** What came before that. */
  private inbox: (() => void)[] = [];
  /** How often the order record knew more. */
  overtakes = 0;
  /** The newest webhooks that this run received. */
  private received: WebhookClaim[] = [];
  /** Something changed that the loop should look at. */
  stirred = false;
  /** What the search attributes say, by name, as text. */
  readonly shown = new Map<string, string>();
  /** A message changed what is to be shown of it. */
  unshown = false;
  /** What updates ask for, until the loop does it. */
  private readonly updates: (() => void)[] = [];
  /** How often asking Lesspay has led to something: an answer, or the news that there is none yet. */
  asks = 0;
  /** A create-order is under way. */
  creating = false;
  /** When somebody was last told something (`publish.ts`), epoch ms. */
  published_at = 0;
  /** Who of the two is being told something by an ordinary activity. */
  readonly telling = new Map<Told, Telling>();
  /** The history is long: whoever waits for an answer is sent to ask again, so that continue-as-new can follow. */
  rollingOver = false;

  constructor(
    readonly input: PayinInput,
    readonly workflow_id: string,
    now: number,
    { runId, runStartTime }: Pick<WorkflowInfo, 'runId' | 'runStartTime'> = { runId: '', runStartTime: new Date(now) },
  ) {
    const created_at = runStartTime.getTime();
    const first =
      'resume' in input
        ? nothingKnown(input.resume.request_id, input.poll_schedule, created_at)
        : firstFacts(input, now);
    this.facts = { ...first, created_at, begun_in: runId, ...input.carried };
    this.loaded = !('resume' in input) || input.carried !== undefined;
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

  /** It is known whether there is an order to pay, and whether its page can be had. */
  get checkoutReady(): boolean {
    return this.loaded && (this.payin.status !== 'CREATING' || this.facts.creation_over);
  }

  /** A resumed run goes on from what is known: all that a run before it knew, or nothing. */
  load({ facts, unread_run_id, missed = [] }: Known, now: number): void {
    this.loaded = true;
    // A run that failed because it bore a stranger's id knows of that stranger's pay-in.
    if (facts?.payin.request_id === this.payin.request_id) {
      this.facts = resumedFacts({ ...this.facts, ...facts }, now);
      this.tell({ kind: 'resumed', source: 'workflow', data: {} }, now);
      this.note('resumed', 'no run was running: this one goes on from what the last one knew', now);
    } else {
      const message = 'a message came for an order of which no pay-in is known';
      this.flag({ code: 'unknown_order', message }, now);
      watchAnew(this.facts, now);
      this.hint();
    }
    if (unread_run_id !== undefined) {
      const message = `what the run ${unread_run_id} knew at its end can't be read`;
      this.flag({ code: 'history_unreadable', message }, now);
      this.hint();
    }
    for (const claim of missed) this.receive(claim, now);
    for (const act of this.inbox.splice(0)) act();
  }

  /**
   * The order record knows what this run does not: it was reset, or its last step is done anew, or it was started where
   * the pay-in was forgotten. It goes on from there, with what it alone was told.
   */
  overtaken(known: PayinFacts, version: number, now: number): void {
    const { audit, claims, alerts, notified, checkout_url, creation_over, hinted, woken } = this.facts;
    const nothing = nothingKnown(this.payin.request_id, known.poll_schedule, now);
    this.become(resumedFacts({ ...nothing, ...known, recorded: version }, now));
    this.overtakes += 1;
    // No number under which the merchant was told something is given once more.
    this.facts.told = Math.max(this.facts.told, notified);
    // Where nobody's creation is over it goes on, in doubt: looked up before each attempt.
    this.facts.creation_over = known.creation_over || creation_over;
    if (checkout_url !== undefined) this.facts.checkout_url ??= checkout_url;
    this.note('overtaken', 'the order record knew more than this run, which goes on from there', now);
    const isKnown = (entry: AuditEntry) =>
      known.audit.some(({ action, who, why }) => entry.action === action && entry.who === who && entry.why === why);
    for (const entry of audit) if (!isKnown(entry)) this.audit(entry.action, entry, now);
    const claimed = claims.map(({ since: _since, flagged: _flagged, ...claim }) => claim);
    for (const claim of [...claimed, ...this.received]) this.weigh(claim, now);
    const isFlagged = (alert: Alert) =>
      known.alerts.some(({ code, message }) => alert.code === code && alert.message === message);
    for (const alert of alerts)
      if (alert.code === 'dispute_received' && !isFlagged(alert))
        this.flag({ code: alert.code, message: alert.message }, now);
    this.stirred = true;
    this.facts.woken ||= woken;
    if (hinted || !isOutcome(this.payin.status)) this.hint();
  }

  /** In place, since a step that waits for Lesspay meanwhile holds them. */
  private become(facts: PayinFacts): void {
    for (const name of Object.keys(this.facts)) if (!(name in facts)) Reflect.deleteProperty(this.facts, name);
    Object.assign(this.facts, facts);
  }

  /**
   * What an update asks for, done between two steps of the loop: a replay may hand an update out before the local activity
   * is begun during which it came.
   */
  inTurn(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.updates.push(() => {
        try {
          act();
          this.unshown = true;
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  get hasUpdates(): boolean {
    return this.updates.length > 0;
  }

  actOnUpdates(): void {
    for (const act of this.updates.splice(0)) act();
  }

  /** At once, but for a resumed run: once it knows what it is about. */
  whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.inbox.push(act);
  }

  /** A verified webhook: a hint, never the truth. */
  receive(claim: unknown, now: number): void {
    this.whenLoaded(() => {
      if (isClaim(claim)) return this.weigh(claim, now);
      // A signal sent by hand may hold anything: it must not break the run, and asking is harmless.
      this.note('malformed_signal', 'a webhook signal could not be read', now);
      this.hint();
    });
  }

  private weigh(claim: WebhookClaim, now: number): void {
    const { facts } = this;
    const again = facts.digests.includes(claim.digest);
    if (again && !this.isToldAnew(claim)) return;
    this.received = [...this.received, claim].slice(-KEPT_DIGESTS);
    facts.digests = [...facts.digests.filter((known) => known !== claim.digest), claim.digest].slice(-KEPT_DIGESTS);
    this.tellOf(claim, now);
    if (facts.taken) return this.note('not_ours', "a webhook for somebody else's order was left aside", now);
    const stranger = otherIdentity(this.payin, claim);
    if (stranger) return void this.flag({ code: 'identity_mismatch', message: `a webhook differs: ${stranger}` }, now);
    if (claim.event !== undefined && !again) this.report(claim.event, claim, now);
    if (!this.isNews(claim)) {
      const message = `a webhook says ${claim.order_status}, the pay-in is ${this.payin.status}`;
      return claim.event === undefined ? this.note('stale_webhook', message, now) : undefined;
    }
    if (claim.order_status !== undefined && !isLesspayStatus(claim.order_status)) {
      this.flag(unknownStatus(claim.order_status), now);
    } else if (claim.order_status !== undefined) {
      // However often it is said, a person hears of it in time, and once.
      const known = this.openClaimLike(claim);
      const others = facts.claims.filter((other) => other !== known);
      const flagged = known?.flagged ? { flagged: known.flagged } : {};
      facts.claims = [...others, { ...claim, since: known?.since ?? now, ...flagged }].slice(-KEPT_CLAIMS);
      facts.claim_asks = 0;
      if (windowIsOver(facts, now)) watchAnew(facts, now);
    }
    this.hint();
  }

  /** A webhook that came before, byte for byte, says what would still change something, and nobody is asking about it. */
  private isToldAnew(claim: WebhookClaim): boolean {
    const { order_status } = claim;
    if (this.facts.taken || otherIdentity(this.payin, claim)) return false;
    if (order_status === undefined || !isLesspayStatus(order_status)) return false;
    // Where it states no amount, it was asked about once.
    if (this.isDecidedOver(statedWord(claim))) return false;
    return this.openClaimLike(claim) === undefined && this.isNews(claim);
  }

  private openClaimLike(claim: WebhookClaim): OpenClaim | undefined {
    return this.facts.claims.find((known) => this.claimed(known) === this.claimed(claim));
  }

  private claimed(claim: WebhookClaim): string {
    return inWords(claimedWord(claim, this.facts.decided_over), this.payin);
  }

  /** Fraud and dispute events never change the status (docs/lesspay.md, "Fraud and dispute events"). */
  private report(event: string, { event_category, event_code }: WebhookClaim, now: number): void {
    const what = [event_category && `category ${event_category}`, event_code && `code ${event_code}`];
    const message = [`Lesspay reports ${event.slice(0, 64)}`, ...what.filter(Boolean)].join(', ');
    const code = event_code === undefined ? {} : { code: event_code };
    if (event === 'payment_declined') {
      this.tell({ kind: event, source: 'lesspay', data: code }, now);
      this.note(event, message, now);
    } else if (event === 'dispute_received') {
      const category = event_category === undefined ? {} : { category: event_category };
      this.tell({ kind: 'dispute', source: 'lesspay', data: { ...category, ...code } }, now);
      this.flag({ code: event, message }, now);
    } else {
      this.tell({ kind: 'event', source: 'lesspay', data: { event: event.slice(0, 64) } }, now);
      this.flag({ code: 'unknown_event', message: `${message}: an event unknown to us` }, now);
    }
  }

  private tellOf({ digest, version, order_status, event }: WebhookClaim, now: number): void {
    const status = order_status === undefined ? {} : { order_status: order_status.slice(0, 64) };
    const data = { digest, version, ...status, ...(event === undefined ? {} : { event: event.slice(0, 64) }) };
    this.tell({ kind: 'webhook', source: 'lesspay', data }, now);
  }

  private tell(event: Omit<PayinEvent, 'number' | 'at'>, now: number): void {
    tell(this.facts, event, now);
  }

  /** An operator or the reconciliation wants Lesspay asked. */
  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.whenLoaded(() => {
      this.audit('wake', { who: words(note?.who, 'somebody'), why: words(note?.why, 'no reason given') }, now);
      if (this.facts.taken) this.flagTaken(now);
      else this.facts.woken = true;
      this.hint();
    });
  }

  /** Lesspay is asked next, unless the order is somebody else's. */
  hint(): void {
    if (!this.facts.taken) this.facts.hinted = true;
  }

  /** Create-order answered: the order exists. */
  created(order: { pay_order_id: string; checkout_url?: string }, now: number): void {
    this.answered(now);
    this.ordered(now);
    if (order.checkout_url !== undefined) this.facts.checkout_url = order.checkout_url;
    this.apply(transition(this.payin, { ...order, status: 'PENDING_PAY', at: now }), now);
    this.dropOldClaims();
  }

  /** Lesspay refused, and surely no order of ours exists. */
  refused(refusal: Refusal, now: number): void {
    if (refusal.code !== undefined) this.answered(now);
    this.facts.creation_over = true;
    this.facts.refusal = refusal;
    this.move(rejected(this.payin, now), refusal.code === undefined ? 'workflow' : 'lesspay', now);
    this.dropOldClaims();
  }

  /** Somebody else's order has our request_id (docs/design.md, rule 3). */
  takenByAnother(message: string, now: number): void {
    this.facts.taken = true;
    const refusal = { code: 1201, message };
    // What an operator decided stays, and is flagged.
    if (isOutcome(this.payin.status)) this.facts.refusal = refusal;
    else this.refused(refusal, now);
    this.facts.claims = [];
    this.facts.hinted = false;
    this.flagTaken(now);
  }

  private flagTaken(now: number): void {
    const message = this.facts.refusal?.message ?? "this request_id belongs to somebody else's order";
    this.flag({ code: 'request_id_taken', message }, now);
  }

  /**
   * Query-order answered with our order, or with what goes by our request_id.
   * @param around the instant around which it was looked for
   */
  observe(order: SeenOrder, now: number, around = now): void {
    this.answered(now);
    if (this.facts.taken) return;
    if (this.facts.ordered_at === undefined) {
      const { request } = this.facts;
      const difference = request && !this.facts.adopted ? differsFromSent(request, order) : undefined;
      if (difference) return this.takenByAnother(difference, now);
      this.ordered(around);
      this.note('adopted', 'an order that no answer had told of was found at Lesspay and adopted', now);
    }
    const seen = transition(this.payin, { ...order, at: now });
    const isStrange = seen.alerts.some(({ code }) => code === 'identity_mismatch');
    const raised = isStrange || !this.isDecidedOver(order) ? this.apply(seen, now) : [];
    if (isStrange) return;
    const { status, amount, currency } = order;
    const stated = { ...(amount === undefined ? {} : { amount }), ...(currency === undefined ? {} : { currency }) };
    if (raised.some(({ code }) => code === 'part_refund'))
      this.tell({ kind: 'part_refund', source: 'lesspay', data: stated }, now);
    this.facts.said = { status, ...stated };
    if (order.checkout_url !== undefined) this.facts.checkout_url ??= order.checkout_url;
    const shown = shownBy(this.facts.said, this.payin);
    const messages = shown.map(unconfirmed);
    this.endAlerts(({ code, message }) => code === 'unconfirmed_claim' && messages.includes(message), now);
    this.facts.claims = this.facts.claims.filter((claim) => !shown.includes(this.claimed(claim)));
    this.dropOldClaims();
    this.judgeClaims(now);
  }

  /** Lesspay answers, and in a way that can be read: what kept it from that is over. */
  private answered(now: number): void {
    this.endAlerts(isAboutAnswers, now);
  }

  /** A person decides otherwise than query-order says: that it goes on saying so is no news, whatever is decided later. */
  decideOver(): void {
    const { said, decided_over } = this.facts;
    if (said && !this.isDecidedOver(said)) this.facts.decided_over = [...decided_over, said];
  }

  private isDecidedOver(word: Word): boolean {
    return isDecidedOver(this.facts.decided_over, word);
  }

  /** The watch window is over: from here on, only a webhook or a person brings news. */
  private endWindow(now: number): void {
    this.facts.window_over = true;
    this.giveUpClaims(now);
    this.apply(windowEnded(this.payin), now, 'workflow');
  }

  private giveUpClaims(now: number): void {
    for (const claim of this.facts.claims) if (!claim.flagged) this.missed(claim, now);
    this.facts.claims = [];
  }

  /** Lesspay answered, and did not show them: some for too long. */
  private judgeClaims(now: number): void {
    this.facts.claims = this.facts.claims.flatMap((claim) => {
      if (claim.flagged || now < patienceEnds(this.facts, claim)) return [claim];
      return this.missed(claim, now) ? [{ ...claim, flagged: true as const }] : [];
    });
  }

  /** A claim that is not shown is a person's to clear up, unless it tells of what was before the pay-in's status. */
  private missed(claim: WebhookClaim, now: number): boolean {
    const claimed = this.claimed(claim);
    const { status } = this.payin;
    if (mayBeLate(status, claim.order_status ?? '')) {
      this.note(
        'late_webhook',
        `a webhook said ${claimed}, and Lesspay goes on saying otherwise: it is ${status}`,
        now,
      );
      return false;
    }
    this.flag({ code: 'unconfirmed_claim', message: unconfirmed(claimed) }, now);
    return true;
  }

  credentialsRefused(message: string, now: number): void {
    this.flag({ code: 'credentials', message }, now);
  }

  /** @returns whether it is a new one */
  flag(flag: Flag, now: number): boolean {
    const { alerts } = this.facts;
    this.facts.alerts = flagged(alerts, flag, now);
    const isNew = this.facts.alerts !== alerts;
    if (isNew) this.tell({ kind: 'alert', source: 'workflow', data: { ...flag } }, now);
    this.stirred = true;
    return isNew;
  }

  /** What these alerts tell of is over by itself. */
  private endAlerts(which: (alert: Alert) => boolean, now: number): void {
    const over = this.openAlerts.filter(which);
    if (over.length === 0) return;
    this.facts.alerts = ended(this.facts.alerts, which, now);
    for (const { code, message } of over)
      this.tell({ kind: 'alert_over', source: 'workflow', data: { code, message } }, now);
    this.stirred = true;
  }

  /** A person has dealt with these alerts. */
  settle(which: (alert: Alert) => boolean, note: OperatorNote, now: number): void {
    this.facts.alerts = settled(this.facts.alerts, which, note, now);
    // What a person was told is not shown is dealt with like its alert; should it be said again, it is asked about again.
    const open = this.openAlerts.map(({ message }) => message);
    this.facts.claims = this.facts.claims.filter(
      (claim) => !claim.flagged || open.includes(unconfirmed(this.claimed(claim))),
    );
    this.stirred = true;
  }

  note(code: string, message: string, now: number): void {
    this.facts.notices = [...this.facts.notices, { code, message, at: now }].slice(-KEPT_NOTICES);
  }

  audit(action: string, { who, why }: OperatorNote, now: number): void {
    this.facts.audit = [...this.facts.audit, { action, who, why, at: now }].slice(-KEPT_AUDIT);
    this.tell({ kind: 'operator', source: 'operator', data: { action, who, why } }, now);
  }

  /** Around which instants the order may have been made, the newest first: one query window each. */
  anchors(now: number): number[] {
    const { ordered_at, any_age, created_at, doubt_since = created_at, attempted_at = doubt_since } = this.facts;
    if (ordered_at !== undefined) return [ordered_at];
    return any_age ? queryAnchors(now - LOOK_BACK, now) : queryAnchors(doubt_since, attempted_at);
  }

  /** The run was reset: it may have made an order that it does not remember, any time ago. */
  mayHaveForgotten(): void {
    this.facts.doubt_since ??= this.facts.created_at;
    this.facts.any_age = true;
    this.hint();
  }

  /** Lesspay knows no such order. */
  notFound(now: number): void {
    const { payin, any_age } = this.facts;
    this.answered(now);
    this.judgeClaims(now);
    if (payin.pay_order_id !== undefined || any_age) this.note('not_found', 'Lesspay does not find the order', now);
    // All of the past was looked through: if there is an order after all, it is a new one that the query lags behind.
    this.facts.any_age = false;
  }

  /** The question was put; `poll` when the schedule put it. The schedule's last poll ends the window. */
  asked(poll: Poll | undefined, now: number): void {
    const { facts } = this;
    facts.claim_asks += 1;
    if (poll) {
      facts.polls += 1;
      facts.polled_for = poll.planned_at;
      if (!pollAfter(facts, now, 0)) this.endWindow(now);
    }
    if (facts.woken) this.remindOfDecision(now);
    facts.woken = false;
  }

  /** A person woke it, and what is left to decide is still left. */
  private remindOfDecision(now: number): void {
    const { status } = this.payin;
    if (status === 'UNRESOLVED' || status === 'PAID')
      this.flag({ code: 'unresolved', message: `woken and asked, and still ${status}` }, now);
  }

  view(): PayinView {
    return payinView(this.facts, this.workflow_id);
  }

  state(): PayinState {
    return payinState(this.facts, this.workflow_id);
  }

  result(): PayinResult {
    return { ...this.state(), known: this.facts };
  }

  private ordered(at: number): void {
    const { request, attempted_at = at } = this.facts;
    this.facts.creation_over = true;
    this.facts.ordered_at = at;
    this.facts.polled_for = Math.max(this.facts.polled_for, at);
    if (request) this.facts.expires_at = Math.max(at, attempted_at) + request.expires_in * 1_000;
  }

  /** What the pay-in has become, and by whose word. */
  move(payin: Payin, source: PayinEvent['source'], now: number): void {
    const { status: from, pay_order_id: before } = this.payin;
    const { status: to, pay_order_id } = payin;
    this.facts.payin = payin;
    if (from === to) return;
    const learned = pay_order_id === undefined || pay_order_id === before ? {} : { pay_order_id };
    this.tell({ kind: 'transition', source, data: { from, to, ...learned } }, now);
    if (isOutcome(to)) this.endAlerts(({ code }) => code === 'unresolved', now);
  }

  /** @returns what is flagged anew */
  private apply({ payin, alerts }: Transition, now: number, source: PayinEvent['source'] = 'lesspay'): readonly Flag[] {
    this.move(payin, source, now);
    return alerts.filter((flag) => this.flag(flag, now));
  }

  /** Would the claim change anything, or be told anybody anew, were it true? */
  private isNews(claim: WebhookClaim): boolean {
    const { order_status } = claim;
    if (this.neverOrdered || order_status === undefined || !isLesspayStatus(order_status)) return true;
    const { decided_over, alerts: known } = this.facts;
    const stated = statedWord(claim);
    if (decided_over.some((decided) => statesTheSame(decided, stated))) return false;
    const word = claimedWord(claim, decided_over);
    const { changes, alerts } = transition(this.payin, { ...word, at: 0 });
    return changes.length > 0 || alerts.some((flag) => flagged(known, flag, 0) !== known);
  }

  /** Claims that would change nothing any more are dealt with. */
  dropOldClaims(): void {
    this.facts.claims = this.facts.claims.filter((claim) => this.isNews(claim));
  }

  /** An order may exist under our request_id, and it is not yet known to be ours. */
  private get neverOrdered(): boolean {
    return this.facts.ordered_at === undefined && this.payin.status !== 'REJECTED';
  }
}

export const isClaim = (claim: unknown): claim is WebhookClaim =>
  typeof claim === 'object' &&
  claim !== null &&
  'digest' in claim &&
  Object.values(claim).every((member) => typeof member === 'string');

/** A signal sent by hand may hold anything. */
export const words = (text: unknown, otherwise: string): string =>
  typeof text === 'string' ? text.slice(0, 500) : otherwise;
