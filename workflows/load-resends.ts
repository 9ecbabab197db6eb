import { condition, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { NotifyActivities } from '../activities/notify-activities';
import { historyIsLong, untilHistoryIsLong } from './long-history';
import type { HandOver } from './notification-messages';
import type { NotificationRun } from './notification-run';
import { isNotified, type PayinEvent } from './payin-events';
import { quickThenDurable } from './quick-then-durable';

const loadEvents = quickThenDurable(
  proxyLocalActivities<NotifyActivities>({ startToCloseTimeout: '3 seconds', retry: { maximumAttempts: 1 } })
    .loadEvents,
  proxyActivities<NotifyActivities>({
    startToCloseTimeout: '30 seconds',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  }).loadEvents,
);

/** Loads what is to be sent again, whenever somebody asks for it. Beside the deliveries: they wait for no database. */
export async function loadResends(run: NotificationRun): Promise<never> {
  for (;;) {
    await condition(() => run.resend_from !== undefined && !historyIsLong());
    const from = run.resend_from ?? 1;
    try {
      const handOver = await untilHistoryIsLong(() => load(run.input.request_id, from));
      run.reload(from, handOver, Date.now());
    } catch (error) {
      // The fresh run asks again.
      if (!isCancellation(error)) throw error;
    }
  }
}

async function load(request_id: string, from: number): Promise<HandOver | undefined> {
  const events: PayinEvent[] = [];
  for (let after = from - 1; ;) {
    const page = await loadEvents(`load events from ${from} on, to send them again`, { request_id, after });
    if (!page) return undefined;
    events.push(...page.events.filter(isNotified));
    const last = page.events.at(-1);
    if (!page.more || !last) return { payin: page.payin, events };
    after = last.number;
  }
}
