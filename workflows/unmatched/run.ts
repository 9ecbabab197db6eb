import type { AcknowledgeNote } from '../../payin/operator';
import { type OperatorNote, textOr } from '../../payin/operator-note';
import { isClaim, type WebhookClaim } from '../../payin/webhook-claim';
import { LOOK_BACK, queryAnchors } from '../../payin/query-anchors';
import { moneyInWords } from '../../payin/state';
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

/** After each look in vain, the next one. Lesspay's query may lag behind its webhooks; after six days it has said what it will. */
const GAPS = [5 * SECOND, 25 * SECOND, 90 * SECOND, 10 * MINUTE, HOUR, 6 * HOUR, DAY, DAY, DAY, DAY, DAY, DAY];
/** After so many looks in vain it is a person's. The last of them goes through all of the past. */
const LOOKS_BEFORE_ALERT = 4;
/** However many webhooks come, it is looked for no sooner than this after the last look. */
const SHORTEST_GAP = 5 * SECOND;
/** Most orders are as new as the webhook. */
const RECENT = 5 * DAY;

const KEPT_WEBHOOKS = 100;
const KEPT_AUDIT = 100;

/** The state of one run, and what each message and answer does to it. Makes no calls. Instants in epoch ms. */
export class UnmatchedRun {
  readonly facts: UnmatchedFacts;
  /** What the search attribute says. */
  shownAttention = false;
  /** Somebody asked for *Cancel*, which does nothing. */
  cancelAsked = false;

  constructor(
    readonly input: UnmatchedOrderInput,
    now: number,
  ) {
    this.facts = { webhooks: [], left_out: 0, looks: 0, look_at: now, woken: false, audit: [], ...input.known };
  }

  /** How it ended; undefined while something is left to do. */
  get outcome(): UnmatchedOrderResult['outcome'] | undefined {
    const { found, alert, webhooks, left_out } = this.facts;
    if (found?.whose === 'another_shop') return 'not_ours';
    if (found && webhooks.length === 0 && (left_out === 0 || alert?.acknowledged)) return 'handed_over';
    return alert?.acknowledged ? 'acknowledged' : undefined;
  }

  get needsAttention(): boolean {
    return this.facts.alert !== undefined && this.outcome === undefined;
  }

  /** A verified webhook, kept for the pay-in. A signal sent by hand may hold anything: that has it looked for, no more. */
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
    // What is new is not dealt with.
    if (facts.alert?.acknowledged) delete facts.alert;
  }

  wake(note: Partial<OperatorNote> | undefined, now: number): void {
    this.audit('wake', { who: textOr(note?.who, 'somebody'), why: textOr(note?.why, 'no reason given') }, now);
    this.facts.woken = true;
    this.lookSoon(now);
  }

  refusal({ code }: AcknowledgeNote): string | undefined {
    if (!this.needsAttention) return 'it is still being looked for: there is no open alert';
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

  /** Around which instants Lesspay is asked for it, the newest first: one query window each. */
  anchors(now: number): number[] {
    const { looks, woken } = this.facts;
    return queryAnchors(now - (woken || looks === LOOKS_BEFORE_ALERT - 1 ? LOOK_BACK : RECENT), now);
  }

  /** It is looked for now: what comes meanwhile has it looked for again. */
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

  /** The look itself failed, and asking again soon would cure nothing. */
  failed(why: string, now: number): void {
    const what = `it could not be looked for: ${why}`;
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

  /** The pay-in has them; what there was no room for, nobody has. */
  handedOver(webhooks: readonly WebhookClaim[], now: number): void {
    const { facts } = this;
    facts.webhooks = facts.webhooks.filter((claim) => !webhooks.includes(claim));
    const { found, left_out } = facts;
    if (found && left_out > 0)
      this.flag(`pay-in ${found.request_id} has what was kept, and there was no room for ${left_out} more`, now);
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

/** Of a status and its money, the newest says it all; each dispute is one of its own. */
const saysTheSame = (one: WebhookClaim, other: WebhookClaim): boolean =>
  (one.event ?? other.event) === undefined &&
  one.order_status === other.order_status &&
  moneyInWords(one) === moneyInWords(other);
