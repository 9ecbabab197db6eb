import { ApplicationFailure } from '@temporalio/workflow';
import type {
  Delivery,
  GivenUp,
  HandOver,
  KnownNotifications,
  NotificationInput,
  NotificationResult,
  NotificationState,
  PendingNotification,
  PendingView,
  SkipNote,
  Trouble,
} from './messages';
import { isNotified, type PayinEvent } from '../../payin/events';
import type { OperatorNote } from '../../payin/operator-note';
import type { PayinView } from '../../payin/view';
import { rfc3339 } from '../../payin/rfc3339';
import type { Notification } from '../../merchant/notification-body';

/** So long an endpoint may be down before a person must look. */
export const TRY_FOR_MS = 3 * 24 * 3_600_000;
/** So many of what is over are kept. */
const MOST_DELIVERIES = 20;
const MOST_GIVEN_UP = 100;
/** Beyond so many in waiting, what a run hands on to the next would grow too large: those in between share one pay-in. */
const MOST_SNAPSHOTS = 50;

/** What one endpoint is to be told of one pay-in, and what became of it. Makes no calls. Instants in epoch ms. */
export class NotificationRun {
  delivered: number;
  pending: PendingNotification[];
  trying_since: number | undefined;
  trouble: Trouble | undefined;
  last_failure: string | undefined;
  resend_from: number | undefined;
  cancel_asked: boolean;
  /** Something came that the loop has not looked at yet. */
  news = false;
  /** Something came for which what is under way is to begin anew. */
  interrupted = false;
  /** What updates have asked for, and the loop has not done yet. */
  private readonly updates: (() => void)[] = [];
  /** What the search attribute says. */
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

  /** Is it being tried, or to be tried now? */
  get trying(): boolean {
    return this.next !== undefined && this.trouble !== 'gone' && this.trouble !== 'in_vain';
  }

  get finished(): boolean {
    return this.pending.length === 0 && this.resend_from === undefined;
  }

  /** Takes what it does not have yet; ignores what makes no sense, since anybody may send a signal by hand. */
  take(handOver: unknown, now: number): void {
    if (!isHandOver(handOver) || handOver.payin.request_id !== this.input.request_id) return;
    this.news = true;
    this.add(handOver, (number) => number > this.delivered, now);
  }

  /**
   * What the order records hold is sent again, from that number on; `null` where they hold no such pay-in.
   * @param page what they hold; where there is `more`, loading goes on behind the last of it
   */
  reload(from: number, page: (HandOver & { readonly more: boolean }) | null, now: number): void {
    const last = page?.more ? page.events.at(-1) : undefined;
    // Somebody may have asked for more meanwhile.
    if (this.resend_from === from) this.resend_from = last && last.number + 1;
    if (page) this.add(page, (number) => number >= from, now);
    else this.last_failure = `the order records hold no pay-in ${this.input.request_id}`;
  }

  askForResend(request: unknown): void {
    this.news = true;
    this.interrupt();
    const from = fromOf(request) ?? (this.next ? undefined : 1);
    if (from !== undefined) this.resend_from = Math.min(from, this.resend_from ?? from);
  }

  /** Somebody asked for *Cancel*. */
  askedToCancel(): void {
    this.news = true;
    this.cancel_asked = true;
  }

  /** Trying begins anew, from the first that is undelivered. */
  private interrupt(): void {
    this.interrupted = true;
    this.tryAnew();
  }

  private tryAnew(): void {
    this.trouble = undefined;
    this.trying_since = undefined;
  }

  /** One of those in waiting, unless it was given up meanwhile. */
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

  /** Has something done between two steps of the loop, and says how things stand then. */
  inTurn(act: () => void): Promise<NotificationState> {
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

  /** All that is undelivered. @throws ApplicationFailure `not_possible` */
  giveUp(note: OperatorNote, at: number): void {
    this.refuseGivingUp();
    this.leaveOut(this.pending.length, note, at);
  }

  /** The first that is undelivered. @throws ApplicationFailure `not_possible` */
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
      throw notPossible(`"number" must be ${first}, the first event that is undelivered: the others wait behind it`);
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
    // Waiting for a person, it is tried again with whatever new is to be told.
    if (this.trouble === 'in_vain') this.interrupt();
    const first = this.next;
    for (const event of fresh) this.pending.push({ payin, event, since });
    this.pending.sort((a, b) => a.event.number - b.event.number);
    // What is sent again may come before the one that is under way.
    if (first && this.next !== first) this.interrupted = true;
  }

  /** As the endpoint is told of it; undefined where nothing is to be told. */
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

const notPossible = (message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, 'not_possible');

/** The last keeps its own: those before it are told with it. */
const sharingPayins = (pending: readonly PendingNotification[]): PendingNotification[] =>
  pending.map((one, index) => {
    if (index < MOST_SNAPSHOTS || index === pending.length - 1) return one;
    const { payin: _shared, ...rest } = one;
    return rest;
  });

function pendingView({ event: { number, kind, at, data }, since }: PendingNotification): PendingView {
  const to = data['to'];
  return { number, kind, ...(typeof to === 'string' ? { to } : {}), at, since: rfc3339(since) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isHandOver(value: unknown): value is HandOver {
  if (!isObject(value)) return false;
  const { payin, events } = value;
  return isPayinView(payin) && Array.isArray(events) && events.every(isEvent);
}

const isPayinView = (value: unknown): value is PayinView =>
  isObject(value) && typeof value['request_id'] === 'string' && Array.isArray(value['alerts']);

const isEvent = (value: unknown): value is PayinEvent =>
  isObject(value) &&
  isNumber(value['number']) &&
  typeof value['kind'] === 'string' &&
  typeof value['at'] === 'string' &&
  isObject(value['data']);

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

function fromOf(request: unknown): number | undefined {
  const from = isObject(request) ? request['from'] : undefined;
  return isNumber(from) ? from : undefined;
}
