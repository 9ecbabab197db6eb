import { rootCause, TemporalFailure } from '@temporalio/workflow';
import { type LoadedEvents, loadEvents } from './activities';
import type { Errand } from '../loop/errand';
import type { NotificationPart } from './part';
import type { NotificationRun } from './run';

/** Loads what is to be sent again, page by page, when somebody asks for it. Deliveries wait for no database that is down. */
export class Resends implements NotificationPart {
  private underWay: { readonly from: number; readonly errand: Errand<LoadedEvents | null> } | undefined;

  constructor(private readonly run: NotificationRun) {}

  get isDue(): boolean {
    return this.run.resend_from !== undefined && !this.underWay;
  }

  async step(): Promise<void> {
    const { run } = this;
    const from = run.resend_from ?? 1;
    const request = { request_id: run.input.request_id, after: from - 1 };
    const loaded = await loadEvents.quickly(request);
    if (loaded) run.reload(from, loaded.result, Date.now());
    else
      this.underWay = {
        from,
        errand: loadEvents.durably(`load events from ${from} on, to send them again`, request),
      };
  }

  get hasEnded(): boolean {
    return this.underWay?.errand.ended ?? false;
  }

  takeUp(): void {
    const { underWay } = this;
    this.underWay = undefined;
    if (!underWay) return;
    try {
      this.run.reload(underWay.from, underWay.errand.result, Date.now());
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      // An operator has ended it: it is still due, and begun anew.
      this.run.last_failure = rootCause(error) ?? error.message;
    }
  }

  callOff(): void {
    this.underWay?.errand.cancel();
    this.underWay = undefined;
  }
}
