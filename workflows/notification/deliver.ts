import { ActivityFailure, ApplicationFailure, rootCause, TemporalFailure } from '@temporalio/workflow';
import { type Delivered, type DeliverRequest, type DeliveryFailure, deliver } from './activities';
import type { BackgroundActivity } from '../loop/background-activity';
import { eventName } from './display';
import type { PendingNotification } from './messages';
import type { NotificationPart } from './part';
import { type NotificationRun, TRY_FOR_MS } from './run';

/** The type of the failure if the endpoint answered 410 Gone (`activities/notification.ts`). */
const GONE = 'EndpointGone';

/** Delivers one event after the other: by a quick call, and if that fails, by a durable one. */
export class Deliveries implements NotificationPart {
  private running: { readonly of: PendingNotification; readonly activity: BackgroundActivity<Delivered> } | undefined;
  /** How many attempts to deliver the present event have failed. */
  private failed = 0;

  constructor(private readonly run: NotificationRun) {}

  get isDue(): boolean {
    return this.run.trying && this.run.notification !== undefined && !this.running;
  }

  async step(): Promise<void> {
    const { run } = this;
    const { next, notification, trouble, tried } = run;
    if (!next || !notification) return;
    run.trying_since ??= Date.now();
    const flagged = trouble === 'refused';
    const { endpoint } = run.input;
    const call = deliver(run.trying_since + TRY_FOR_MS - Date.now(), flagged);
    const not_before = tried?.not_before;
    let request: DeliverRequest = {
      endpoint,
      notification,
      ...(not_before === undefined ? {} : { not_before }),
      ...(flagged ? { flagged } : {}),
    };
    if (!flagged) this.failed = tried ? 1 : 0;
    if (!flagged && !tried) {
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
      // A message that came meanwhile changes what to deliver.
      if (run.interrupted || run.next !== next) return;
    }
    this.running = { of: next, activity: call.durably(`${eventName(next.event)}, to ${endpoint}`, request) };
  }

  get hasEnded(): boolean {
    return this.running?.activity.ended ?? false;
  }

  applyResult(): void {
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    try {
      this.delivered(running.of, running.activity.result);
    } catch (error) {
      this.endedBy(error, running.of);
    }
  }

  cancel(): void {
    this.running?.activity.cancel();
    this.running = undefined;
  }

  private delivered(of: PendingNotification, { attempt, at, http_status }: Delivered): void {
    this.run.wasDelivered(of, { at, attempts: this.failed + attempt, http_status });
  }

  /** The retries have ended: a person must look. */
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
