import type { AcknowledgeNote } from '../../payin/operator';
import { type OperatorNote, textOr } from '../../payin/operator-note';
import { isClaim, type WebhookClaim } from '../../payin/webhook-claim';
import { LOOK_BACK, queryAnchors } from '../../payin/query-anchors';
import { moneyInWords } from '../../payin/word';
import { rfc3339 } from '../../payin/rfc3339';
import {
  type Claimant,
  UNMATCHED_ORDER_ALERT,
  type UnmatchedFacts,
  type UnmatchedOrderInput,
  type UnmatchedOrderResult,
  type UnmatchedState,
} from './messages';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The pause after each failed search. Lesspay's query may be later than its webhooks; after six days it is not searched any more. */
const GAPS = [5 * SECOND, 25 * SECOND, 90 * SECOND, 10 * MINUTE, HOUR, 6 * HOUR, DAY, DAY, DAY, DAY, DAY, DAY];
/** After how many failed searches the alert is raised. The last of them goes through all of the past. */
const LOOKS_BEFORE_ALERT = 4;
/** However many webhooks come, the pause after a search is at least this long. */
const SHORTEST_GAP = 5 * SECOND;
/** How far back most searches go: most orders are about as new as their webhooks. */
const RECENT = 5 * DAY;

const KEPT_WEBHOOKS = 100;
const KEPT_AUDIT = 100;

/** The state of one run, and what each message and answer does to it. Makes no calls. Instants in epoch ms. */
export class UnmatchedRun {
  readonly facts: UnmatchedFacts;
  /** What the search attribute `NeedsAttention` says. */
  shownAttention = false;
  /** *Cancel* was requested, which changes nothing. */
  cancelAsked = false;

  constructor(
    readonly input: UnmatchedOrderInput,
    now: number,
  ) {
    this.facts = { webhooks: [], left_out: 0, looks: 0, look_at: now, woken: false, audit: [], ...input.known };
  }

  /** Undefined while something is left to do. */
  get outcome(): UnmatchedOrderResult['outcome'] | undefined {
    const { found, alert, webhooks, left_out } = this.facts;
    if (found?.whose === 'another_shop') return 'not_ours';
    if (found && webhooks.length === 0 && (left_out === 0 || alert?.acknowledged)) return 'handed_over';
    return alert?.acknowledged ? 'acknowledged' : undefined;
  }

  get needsAttention(): boolean {
    return this.facts.alert !== undefined && this.outcome === undefined;
  }

  /** Keeps a verified webhook for the pay-in. A signal sent by hand may hold anything else: that only starts a search. */
  receive(claim: WebhookClaim | undefined, now: number): void {
    if (isClaim(claim)) this.keep(claim);
    this.lookSoon(now);
  }

  private keep(claim: WebhookClaim): void {
    const { facts } = this;
    if (facts.webhooks.some(({ digest }) => digest === claim.digest)) return;
    const others = facts.webhooks.filter((known) => !saysTheSame(known, claim));
    if (others.length >= KEPT_WEBHOOKS) facts.left_out += 1;
    else facts.webhooks = [...others, claim];
    // Nobody has dealt with the new webhook yet.
    if (facts.alert?.acknowledged) delete facts.alert;
  }

  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.audit('wake', { who: textOr(note?.who, 'somebody'), why: textOr(note?.why, 'no reason given') }, now);
    this.facts.woken = true;
    this.lookSoon(now);
  }

  refusal({ code }: AcknowledgeNote): string | undefined {
    if (!this.needsAttention) return 'there is no open alert: the pay-in is still being searched for';
    if (code === undefined || code === UNMATCHED_ORDER_ALERT) return undefined;
    return `no alert "${code}" is open: leave "code" out, or use ${UNMATCHED_ORDER_ALERT}`;
  }

  acknowledge({ who, why }: OperatorNote, now: number): void {
    this.audit('acknowledge', { who, why }, now);
    if (this.facts.alert) this.facts.alert = { ...this.facts.alert, acknowledged: { who, why, at: now } };
  }

  private audit(action: string, { who, why }: OperatorNote, at: number): void {
    this.facts.audit = [...this.facts.audit, { action, who, why, at }].slice(-KEPT_AUDIT);
  }

  private lookSoon(now: number): void {
    const { found, looked_at, look_at } = this.facts;
    if (found) return;
    const soon = looked_at === undefined ? now : Math.max(now, looked_at + SHORTEST_GAP);
    this.facts.look_at = Math.min(soon, look_at ?? soon);
  }

  /** The instants around which Lesspay is asked for the order, the newest first: one query window each. */
  anchors(now: number): number[] {
    const { looks, woken } = this.facts;
    return queryAnchors(now - (woken || looks === LOOKS_BEFORE_ALERT - 1 ? LOOK_BACK : RECENT), now);
  }

  /** A search begins: a message that comes from here on starts another one. */
  looking(): void {
    this.facts.woken = false;
    delete this.facts.look_at;
  }

  answered(claimant: Claimant, now: number): void {
    if (claimant.whose !== 'nobody') {
      this.facts.found = claimant;
      delete this.facts.look_at;
      return;
    }
    const { status } = claimant;
    const says = status === undefined ? 'does not find it' : `says it is ${status}, and names no request_id`;
    const what = `no pay-in is known by it, and Lesspay ${says}`;
    this.inVain(what, now);
    if (this.facts.looks >= LOOKS_BEFORE_ALERT || this.facts.alert) this.flag(what, now);
  }

  /** The search failed, and to repeat it soon would not help. */
  failed(why: string, now: number): void {
    const what = `the pay-in could not be searched for: ${why}`;
    this.inVain(what, now);
    this.flag(what, now);
  }

  private inVain(what: string, now: number): void {
    const { facts } = this;
    const gap = GAPS[facts.looks];
    facts.looks += 1;
    facts.looked_at = now;
    facts.last_look = what;
    const next = gap === undefined ? undefined : now + gap;
    const asked = facts.look_at === undefined ? undefined : now + SHORTEST_GAP;
    const at = Math.min(next ?? Infinity, asked ?? Infinity);
    if (at < Infinity) facts.look_at = at;
  }

  /** A person must look. */
  flag(message: string, now: number): void {
    const { alert } = this.facts;
    if (!alert?.acknowledged) this.facts.alert = { message, at: alert?.at ?? now };
  }

  /** The pay-in has received these webhooks. If others were dropped, a person must look. */
  handedOver(webhooks: readonly WebhookClaim[], now: number): void {
    const { facts } = this;
    facts.webhooks = facts.webhooks.filter((claim) => !webhooks.includes(claim));
    const { found, left_out } = facts;
    if (found && left_out > 0)
      this.flag(
        `pay-in ${found.request_id} has received the kept webhooks; webhooks that were dropped: ${left_out}`,
        now,
      );
  }

  state(): UnmatchedState {
    const { found, alert, webhooks, left_out, looks, last_look, audit } = this.facts;
    return {
      pay_order_id: this.input.pay_order_id,
      ...(found ? { request_id: found.request_id } : {}),
      needs_attention: this.needsAttention,
      alerts: alert
        ? [
            {
              code: UNMATCHED_ORDER_ALERT,
              message: alert.message,
              at: rfc3339(alert.at),
              ...(alert.acknowledged ? { acknowledged_at: rfc3339(alert.acknowledged.at) } : {}),
            },
          ]
        : [],
      webhooks,
      left_out,
      looks,
      ...(last_look === undefined ? {} : { last_look }),
      audit: audit.map(({ at, ...entry }) => ({ ...entry, at: rfc3339(at) })),
    };
  }
}

/** Of webhooks with the same status and amount only the newest is kept; every webhook with an event is kept. */
const saysTheSame = (one: WebhookClaim, other: WebhookClaim): boolean =>
  (one.event ?? other.event) === undefined &&
  one.order_status === other.order_status &&
  moneyInWords(one) === moneyInWords(other);
