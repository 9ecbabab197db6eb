import { rootCause, TemporalFailure } from '@temporalio/workflow';
import { type LoadedEvents, loadEvents } from './activities';
import type { BackgroundActivity } from '../loop/background-activity';
import type { NotificationPart } from './part';
import type { NotificationRun } from './run';

/** Loads, page by page, the events that a person wants sent again. Deliveries do not wait for it, so the database may be down. */
export class Resends implements NotificationPart {
  private running: { readonly from: number; readonly activity: BackgroundActivity<LoadedEvents | null> } | undefined;

  constructor(private readonly run: NotificationRun) {}

  get isDue(): boolean {
    return this.run.resend_from !== undefined && !this.running;
  }

  async step(): Promise<void> {
    const { run } = this;
    const from = run.resend_from ?? 1;
    const request = { request_id: run.input.request_id, after: from - 1 };
    const loaded = await loadEvents.quickly(request);
    if (loaded) run.reload(from, loaded.result, Date.now());
    else
      this.running = {
        from,
        activity: loadEvents.durably(`load events from ${from} on, to send them again`, request),
      };
  }

  get hasEnded(): boolean {
    return this.running?.activity.ended ?? false;
  }

  applyResult(): void {
    const { running } = this;
    this.running = undefined;
    if (!running) return;
    try {
      this.run.reload(running.from, running.activity.result, Date.now());
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      // An operator ended the activity. The load is still due, and starts again.
      this.run.last_failure = rootCause(error) ?? error.message;
    }
  }

  cancel(): void {
    this.running?.activity.cancel();
    this.running = undefined;
  }
}
