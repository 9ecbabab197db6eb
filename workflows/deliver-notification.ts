import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  rootCause,
  TemporalFailure,
} from '@temporalio/workflow';
import type { DeliverRequest, NotifyActivities } from '../activities/notify-activities';
import { historyIsLong, untilHistoryIsLong } from './long-history';
import { eventName, showNotification } from './notification-display';
import type { NotificationRun } from './notification-run';
import { quickThenDurable } from './quick-then-durable';

const SECOND = 1_000;

/** So long an endpoint may be down before a person must look. */
export const TRY_FOR_MS = 3 * 24 * 3_600 * SECOND;

/** Longer than the call itself may take (`merchant/merchant.ts`), so that the failure says what was wrong. */
const { deliver } = proxyLocalActivities<NotifyActivities>({
  startToCloseTimeout: '3 seconds',
  retry: { maximumAttempts: 1 },
});

const durably = (rest_ms: number) =>
  proxyActivities<NotifyActivities>({
    startToCloseTimeout: '15 seconds',
    scheduleToCloseTimeout: Math.max(rest_ms, SECOND),
    retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '1 hour' },
  }).deliver;

/** Tells the endpoint of the next event. Ends when it was taken, or given up, or trying has been in vain for 3 days. */
export async function deliverNext(run: NotificationRun): Promise<void> {
  const { next, notification } = run;
  if (!next || !notification) return;
  const { endpoint } = run.input;
  run.stirred = false;
  run.trying_since ??= Date.now();
  let quickAttempts = 0;
  const quickly = async (request: DeliverRequest) => {
    try {
      return await deliver(request);
    } catch (error) {
      quickAttempts = 1;
      run.last_failure = reasonOf(error);
      showNotification(run);
      throw error;
    }
  };
  const send = quickThenDurable(quickly, durably(run.trying_since + TRY_FOR_MS - Date.now()));
  try {
    const { attempt, at, http_status } = await untilHistoryIsLong(
      () => send(`${eventName(next.event)}, to ${endpoint}`, { endpoint, notification }),
      () => run.stirred,
    );
    if (run.next === next) run.deliveredNext({ at, attempts: quickAttempts + attempt, http_status });
  } catch (error) {
    // Broken off by ourselves: what was under way may still have failed, which is not the end of trying.
    if (isCancellation(error) || run.stirred || historyIsLong()) return;
    if (!(error instanceof TemporalFailure)) throw error;
    run.last_failure = reasonOf(error);
    if (run.next === next) run.giveIn();
  }
}

const reasonOf = (error: unknown): string => rootCause(error) ?? String(error);
