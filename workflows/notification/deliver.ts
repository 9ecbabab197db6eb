import { ActivityFailure, ApplicationFailure, rootCause, TemporalFailure } from '@temporalio/workflow';
import type { Delivered, DeliverRequest, DeliveryFailure } from './activities';
import type { Errand } from '../loop/errand';
import { eventName } from './display';
import type { PendingNotification } from './messages';
import type { NotificationPart } from './part';
import { type NotificationRun, TRY_FOR_MS } from './run';
import { deliver } from './activities';

/** The failure's type where the endpoint wants no more of it (`activities/notification.ts`). */
const GONE = 'EndpointGone';

/** Tells the endpoint of one event after the other: quickly where it takes them, else durably. */
export class Deliveries implements NotificationPart {
  private underWay: { readonly of: PendingNotification; readonly errand: Errand<Delivered> } | undefined;
  /** Attempts at the event of now that came to nothing. */
  private failed = 0;

  constructor(private readonly run: NotificationRun) {}

  get isDue(): boolean {
    return this.run.trying && this.run.notification !== undefined && !this.underWay;
  }

  async step(): Promise<void> {
    const { run } = this;
    const { next, notification, trouble } = run;
    if (!next || !notification) return;
    run.trying_since ??= Date.now();
    const flagged = trouble === 'refused';
    const { endpoint } = run.input;
    const call = deliver(run.trying_since + TRY_FOR_MS - Date.now(), flagged);
    let request: DeliverRequest = { endpoint, notification, ...(flagged ? { flagged } : {}) };
    if (!flagged) {
      this.failed = 0;
      try {
        const taken = await call.quickly(request, (error) => {
          const { retry_after_ms } = detailsOf(failureIn(error));
          if (retry_after_ms !== undefined) request = { ...request, not_before: Date.now() + retry_after_ms };
          this.hasFailed(error, 1);
        });
        if (taken) return this.delivered(next, taken.result);
      } catch (error) {
        return this.endedBy(error, next);
      }
      // Somebody asked for something else meanwhile.
      if (run.interrupted || run.next !== next) return;
    }
    this.underWay = { of: next, errand: call.durably(`${eventName(next.event)}, to ${endpoint}`, request) };
  }

  get hasEnded(): boolean {
    return this.underWay?.errand.ended ?? false;
  }

  takeUp(): void {
    const { underWay } = this;
    this.underWay = undefined;
    if (!underWay) return;
    try {
      this.delivered(underWay.of, underWay.errand.result);
    } catch (error) {
      this.endedBy(error, underWay.of);
    }
  }

  callOff(): void {
    this.underWay?.errand.cancel();
    this.underWay = undefined;
  }

  private delivered(of: PendingNotification, { attempt, at, http_status }: Delivered): void {
    this.run.wasDelivered(of, { at, attempts: this.failed + attempt, http_status });
  }

  /** Trying has ended, for the time being: a person must look. */
  private endedBy(error: unknown, of: PendingNotification): void {
    if (!(error instanceof TemporalFailure)) throw error;
    const { run } = this;
    if (run.next !== of || run.interrupted) return;
    const failure = failureIn(error);
    this.hasFailed(error, detailsOf(failure).attempt ?? 1);
    run.trouble = failure?.nonRetryable ? (failure.type === GONE ? 'gone' : 'refused') : 'in_vain';
  }

  private hasFailed(error: unknown, attempts: number): void {
    this.failed += attempts;
    this.run.last_failure = rootCause(error) ?? String(error);
  }
}

/** A failed local activity throws its ApplicationFailure bare, an ordinary one inside an ActivityFailure. */
function failureIn(error: unknown): ApplicationFailure | undefined {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure ? failure : undefined;
}

function detailsOf(failure: ApplicationFailure | undefined): Partial<DeliveryFailure> {
  const details: unknown = failure?.details?.[0];
  if (typeof details !== 'object' || details === null) return {};
  const { attempt, retry_after_ms }: { readonly attempt?: unknown; readonly retry_after_ms?: unknown } = details;
  return {
    ...(typeof attempt === 'number' ? { attempt } : {}),
    ...(typeof retry_after_ms === 'number' ? { retry_after_ms } : {}),
  };
}
