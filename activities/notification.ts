import { activityInfo, ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import { DeliveryError, isLasting } from '../merchant/errors';
import type { Merchant } from '../merchant/merchant';
import { publicView } from '../payin/view';
import type { Records } from '../records/payin-records';
import { failureType } from './failure-type';
import type { DeliveryFailure, NotificationActivities } from '../workflows/notification/activities';

export interface NotificationActivitiesDeps {
  readonly records: Pick<Records, 'find' | 'events'>;
  readonly merchant: Merchant;
  /** Epoch ms. */
  readonly now?: () => number;
}

const PAGE = 200;

export function createNotificationActivities({
  records,
  merchant,
  now = Date.now,
}: NotificationActivitiesDeps): NotificationActivities {
  return {
    async deliver({ endpoint, notification, not_before = 0, flagged = false }) {
      const { isLocal, attempt } = activityInfo();
      try {
        refuseBefore(not_before, now(), endpoint);
        const options = { quick: isLocal, signal: cancellationSignal() };
        const http_status = await merchant.deliver(endpoint, notification, options);
        return { http_status, attempt, at: Date.now() };
      } catch (error) {
        if (error instanceof DeliveryError) throw failureOf(error, attempt, flagged);
        throw error;
      }
    },

    async loadEvents({ request_id, after }) {
      const record = await records.find(request_id);
      // The same rule as `isTheMerchants` in the workflows: no notification of an order that the merchant did not ask for.
      if (!record || (record.digest === undefined && !record.facts.adopted)) return null;
      const events = await records.events(request_id, { after, limit: PAGE });
      return { payin: publicView(record), events, more: events.length === PAGE };
    },
  };
}

/** After this attempt, a lasting failure ends the activity, and the workflow flags it. That takes more than a minute. */
const MAX_REFUSED_ATTEMPTS = 5;

/** A failure with a type that an operator understands in the UI, e.g. `EndpointTimeout`. */
function failureOf(error: DeliveryError, attempt: number, flagged: boolean): ApplicationFailure {
  const { code, message, more } = error;
  const { http_status, retryAfterMs } = more;
  const minimum_ms = retryAfterMs === undefined ? 0 : withJitter(retryAfterMs);
  const waits = code === 'held_back' || retryAfterMs !== undefined;
  const details: DeliveryFailure = {
    attempt,
    ...(http_status === undefined ? {} : { http_status }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
  return ApplicationFailure.create({
    type: failureType('Endpoint', code),
    message,
    details: [details],
    nonRetryable: code === 'gone' || (isLasting(error) && attempt >= MAX_REFUSED_ATTEMPTS && !flagged),
    ...(waits ? { nextRetryDelay: Math.max(backoffMs(attempt), minimum_ms) } : {}),
  });
}

function refuseBefore(not_before: number, now: number, endpoint: string): void {
  const retryAfterMs = not_before - now;
  if (retryAfterMs <= 0) return;
  const until = new Date(not_before).toISOString();
  throw new DeliveryError('held_back', `not sent before ${until}, because ${endpoint} asked for that`, {
    retryAfterMs,
  });
}

/**
 * The time to the next try, ms: doubles up to an hour, like the retry policy (`workflows/notification/deliver.ts`), and
 * is random, because many deliveries are held back at the same time.
 */
const backoffMs = (attempt: number): number => Math.min(HOUR, 5_000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

/** Up to 10 % longer, never shorter. */
const withJitter = (ms: number): number => ms * (1 + Math.random() / 10);

const HOUR = 3_600_000;
