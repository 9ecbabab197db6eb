import { activityInfo, ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Endpoint } from '../merchant/endpoint';
import { DeliveryError, isLasting } from '../merchant/errors';
import { createMerchant, type MerchantOptions } from '../merchant/merchant';
import { publicView } from '../payin/view';
import type { Records } from '../records/payin-records';
import { failureType } from './failure-type';
import { signalNotification } from '../client/signal-notification';
import type { DeliveryFailure, NotificationActivities } from '../workflows/notification/activities';
import type { HandOverActivities } from '../workflows/payin/activities';

export interface NotificationActivitiesDeps extends Omit<MerchantOptions, 'endpoints'> {
  readonly client: Client;
  readonly records: Pick<Records, 'find' | 'events'>;
  readonly endpoints: readonly Endpoint[];
}

const PAGE = 200;

export function createNotificationActivities({
  client,
  records,
  endpoints,
  ...options
}: NotificationActivitiesDeps): HandOverActivities & NotificationActivities {
  const merchant = createMerchant({ endpoints, ...options });
  const { now = Date.now } = options;
  return {
    async notify(handOver) {
      const { request_id } = handOver.payin;
      const signal = cancellationSignal();
      const tries = merchant.names.map(async (endpoint) => {
        try {
          await signalNotification(client, { request_id, endpoint }, 'notify', handOver, { signal });
          return undefined;
        } catch (error) {
          return `${endpoint}: ${error instanceof Error ? error.message : String(error)}`;
        }
      });
      const failures = (await Promise.all(tries)).filter((failure) => failure !== undefined);
      if (failures.length > 0)
        throw ApplicationFailure.retryable(`not handed over to ${failures.join('; ')}`, 'NotHandedOver');
    },

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
      // As the workflows' `isTheMerchants` has it: of an order that nobody knows the merchant is not told by a resend either.
      if (!record || (record.digest === undefined && !record.facts.adopted)) return null;
      const events = await records.events(request_id, { after, limit: PAGE });
      return { payin: publicView(record), events, more: events.length === PAGE };
    },
  };
}

/** So many attempts, more than a minute, and a person hears of what waiting seldom cures. */
const MOST_REFUSED = 5;

/** With a type that an operator understands in the UI, e.g. `EndpointTimeout`. */
function failureOf(error: DeliveryError, attempt: number, flagged: boolean): ApplicationFailure {
  const { code, message, more } = error;
  const { http_status, retryAfterMs } = more;
  const rest_ms = retryAfterMs === undefined ? 0 : apart(retryAfterMs);
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
    nonRetryable: code === 'gone' || (isLasting(error) && attempt >= MOST_REFUSED && !flagged),
    ...(waits ? { nextRetryDelay: Math.max(restAfter(attempt), rest_ms) } : {}),
  });
}

function refuseBefore(not_before: number, now: number, endpoint: string): void {
  const retryAfterMs = not_before - now;
  if (retryAfterMs <= 0) return;
  const until = new Date(not_before).toISOString();
  throw new DeliveryError('held_back', `not tried before ${until}, as ${endpoint} has asked`, { retryAfterMs });
}

/**
 * What waits came with many others: they come back apart, and ever more seldom, as the retry policy has it
 * (`workflows/notification/deliver.ts`).
 */
const restAfter = (attempt: number): number => Math.min(HOUR, 5_000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

/** Not all at the same moment, and none too early. */
const apart = (ms: number): number => ms * (1 + Math.random() / 10);

const HOUR = 3_600_000;
