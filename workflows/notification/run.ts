import type {
  Delivery,
  FailedTry,
  GivenUp,
  HandOver,
  KnownNotifications,
  NotificationInput,
  NotificationResult,
  NotificationState,
  PendingNotification,
  SkipNote,
  Trouble,
} from './messages';
import { isNotified } from '../../payin/events';
import type { OperatorNote } from '../../payin/operator-note';
import { rfc3339 } from '../../payin/rfc3339';
import type { Notification } from '../../merchant/notification-body';
import { failedTry, isHandOver, resendFrom } from './hand-over';
import { pendingView, sharingPayins } from './pending';
import { notPossible } from '../not-possible';

/** How long an event is tried before a person must look. */
export const TRY_FOR_MS = 3 * 24 * 3_600_000;
/** How many finished entries are kept. */
const MOST_DELIVERIES = 20;
const MOST_GIVEN_UP = 100;

/** The state of one run: which events its endpoint must get, and what became of them. Makes no calls. Instants in epoch ms. */
export class NotificationRun {
  delivered: number;
  pending: PendingNotification[];
  trying_since: number | undefined;
  trouble: Trouble | undefined;
  last_failure: string | undefined;
  /** The pay-in's own try to send the first pending event. It stands for the quick call. */
  tried: FailedTry | undefined;
  resend_from: number | undefined;
  cancel_asked: boolean;
  /** A message came that the loop has not looked at yet. */
  news = false;
  /** A message came after which a running activity must be cancelled and started again. */
  interrupted = false;
  /** What updates ask for, until the loop does it. */
  private readonly updates: (() => void)[] = [];
  /** What the search attribute `NeedsAttention` says. */
  shownAttention = false;
  private deliveries: readonly Delivery[];
  private given_up: readonly GivenUp[];

  constructor(
    readonly input: NotificationInput,
    now: number,
  ) {
    const { known } = input;
    this.delivered = known?.delivered ?? 0;
    this.pending = [...(known?.pending ?? [])];
    this.trying_since = known?.trying_since;
    this.trouble = known?.trouble;
    this.last_failure = known?.last_failure;
    this.resend_from = known?.resend_from;
    this.cancel_asked = known?.cancel_asked ?? false;
    this.deliveries = known?.deliveries ?? [];
    this.given_up = known?.given_up ?? [];
    for (const handOver of input.told ?? []) this.take(handOver, now);
  }

  get next(): PendingNotification | undefined {
    return this.pending[0];
  }

  /** Is there an undelivered event that is to be tried now? */
  get trying(): boolean {
    return this.next !== undefined && this.trouble !== 'gone' && this.trouble !== 'in_vain';
  }

  get finished(): boolean {
    return this.pending.length === 0 && this.resend_from === undefined;
  }

  /** Adds the events that are new. Ignores a malformed hand-over, since a signal may be sent by hand. */
  take(handOver: unknown, now: number): void {
    if (!isHandOver(handOver) || handOver.payin.request_id !== this.input.request_id) return;
    this.news = true;
    const isFirst = this.pending.length === 0;
    this.add(handOver, (number) => number > this.delivered, now);
    const tried = failedTry(handOver);
    if (!isFirst || !tried || this.next?.event.number !== tried.number) return;
    this.tried = tried;
    this.last_failure = tried.failure;
  }

  /**
   * Adds events of the order records, from the number `from` on, to be sent again.
   * @param page `null` if the records hold no such pay-in; if there is `more`, loading goes on after its last event
   */
  reload(from: number, page: (HandOver & { readonly more: boolean }) | null, now: number): void {
    const last = page?.more ? page.events.at(-1) : undefined;
    // Meanwhile a person may have asked for earlier events, too.
    if (this.resend_from === from) this.resend_from = last && last.number + 1;
    if (page) this.add(page, (number) => number >= from, now);
    else this.last_failure = `the order records hold no pay-in ${this.input.request_id}`;
  }

  askForResend(request: unknown): void {
    this.news = true;
    this.interrupt();
    const from = resendFrom(request) ?? (this.next ? undefined : 1);
    if (from !== undefined) this.resend_from = Math.min(from, this.resend_from ?? from);
  }

  /** *Cancel* was requested. */
  askedToCancel(): void {
    this.news = true;
    this.cancel_asked = true;
  }

  /** Starts the attempts again, with the first undelivered event. */
  private interrupt(): void {
    this.interrupted = true;
    this.tryAnew();
  }

  private tryAnew(): void {
    this.trouble = undefined;
    this.trying_since = undefined;
    this.tried = undefined;
  }

  /** A pending event was delivered. Changes nothing if it was given up meanwhile. */
  wasDelivered(of: PendingNotification, delivery: Omit<Delivery, 'number'>): void {
    const rest = this.pending.filter((one) => one !== of);
    if (rest.length === this.pending.length) return;
    const { number } = of.event;
    this.pending = rest;
    this.delivered = Math.max(this.delivered, number);
    this.deliveries = [...this.deliveries, { number, ...delivery }].slice(-MOST_DELIVERIES);
    this.last_failure = undefined;
    this.tryAnew();
  }

  /** Leaves `act` to the loop. Resolves with the state after the loop has done it between two of its steps. */
  betweenSteps(act: () => void): Promise<NotificationState> {
    this.news = true;
    return new Promise((resolve, reject) => {
      this.updates.push(() => {
        try {
          act();
          resolve(this.state());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Does what updates have asked for. @returns whether there was anything */
  actOnUpdates(): boolean {
    const updates = this.updates.splice(0);
    for (const act of updates) act();
    return updates.length > 0;
  }

  /** Gives up all undelivered events. @throws ApplicationFailure `not_possible` */
  giveUp(note: OperatorNote, at: number): void {
    this.refuseGivingUp();
    this.leaveOut(this.pending.length, note, at);
  }

  /** Gives up the first undelivered event, which must have this number. @throws ApplicationFailure `not_possible` */
  skip({ number, ...note }: SkipNote, at: number): void {
    this.refuseSkip(number);
    this.leaveOut(1, note, at);
  }

  refuseGivingUp(): void {
    if (!this.next) throw notPossible('nothing is undelivered');
  }

  refuseSkip(number: unknown): void {
    this.refuseGivingUp();
    const first = this.next?.event.number;
    if (number !== first)
      throw notPossible(`"number" must be ${first}, the first undelivered event: the others wait for it`);
  }

  private leaveOut(count: number, { who, why }: OperatorNote, at: number): void {
    const numbers = this.pending.slice(0, count).map(({ event }) => event.number);
    this.given_up = [...this.given_up, ...numbers.map((number) => ({ number, who, why, at }))].slice(-MOST_GIVEN_UP);
    this.delivered = Math.max(this.delivered, ...numbers);
    this.pending = this.pending.slice(count);
    this.last_failure = undefined;
    this.news = true;
    this.interrupt();
  }

  private add({ payin, events }: HandOver, wanted: (number: number) => boolean, since: number): void {
    const queued = new Set(this.pending.map(({ event }) => event.number));
    const fresh = events.filter((event) => isNotified(event) && wanted(event.number) && !queued.has(event.number));
    if (fresh.length === 0) return;
    // A new event starts the attempts again.
    if (this.trouble === 'in_vain') this.interrupt();
    const first = this.next;
    for (const event of fresh) this.pending.push({ payin, event, since });
    this.pending.sort((a, b) => a.event.number - b.event.number);
    // An event that is sent again may come before the one that is being delivered.
    if (first && this.next !== first) this.interrupted = true;
  }

  /** What to send to the endpoint next; undefined if nothing is undelivered. */
  get notification(): Notification | undefined {
    const payin = this.pending.find((one) => one.payin)?.payin;
    return this.next && payin ? { payin, event: this.next.event } : undefined;
  }

  known(): KnownNotifications {
    const { delivered, given_up, deliveries, trying_since, trouble, last_failure, resend_from, cancel_asked } = this;
    return {
      delivered,
      given_up,
      deliveries,
      pending: sharingPayins(this.pending),
      ...(trying_since === undefined ? {} : { trying_since }),
      ...(trouble === undefined ? {} : { trouble }),
      ...(last_failure === undefined ? {} : { last_failure }),
      ...(resend_from === undefined ? {} : { resend_from }),
      ...(cancel_asked ? { cancel_asked } : {}),
    };
  }

  state(): NotificationState {
    const { request_id, endpoint } = this.input;
    const { delivered, deliveries, given_up, pending, trying_since, trouble, last_failure } = this;
    return {
      request_id,
      endpoint,
      delivered,
      needs_attention: trouble !== undefined,
      ...(trouble === undefined ? {} : { trouble }),
      deliveries: deliveries.map((delivery) => ({ ...delivery, at: rfc3339(delivery.at) })),
      pending: pending.map(pendingView),
      ...(trying_since === undefined ? {} : { trying_since: rfc3339(trying_since) }),
      ...(last_failure === undefined ? {} : { last_failure }),
      given_up: given_up.map((entry) => ({ ...entry, at: rfc3339(entry.at) })),
    };
  }

  result(): NotificationResult {
    return { ...this.state(), known: this.known() };
  }
}
