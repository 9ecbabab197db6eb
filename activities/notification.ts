import { activityInfo, ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Endpoint } from '../merchant/endpoint';
import { DeliveryError, isLasting } from '../merchant/errors';
import { createMerchant, type MerchantOptions } from '../merchant/merchant';
import { shownPayin } from '../payin/public-view';
import type { Orders } from '../records/payin-records';
import type { HandOver, Notification } from '../workflows/notification/messages';
import type { PayinEvent } from '../payin/events';
import type { PayinView } from '../workflows/payin/messages';
import { failureType } from './failure-type';
import { signalNotification } from '../client/signal-notification';

export interface NotifyActivitiesDeps extends Omit<MerchantOptions, 'endpoints'> {
  readonly client: Client;
  readonly orders: Pick<Orders, 'find' | 'events'>;
  readonly endpoints: readonly Endpoint[];
}

export interface DeliverRequest {
  readonly endpoint: string;
  readonly notification: Notification;
  /** The endpoint asked not to be called before, epoch ms. */
  readonly not_before?: number;
  /** A person has been told that it is refused: it is tried on, whatever the answer. */
  readonly flagged?: boolean;
}

/** What a failed delivery says beside its message: the first of the failure's details. */
export interface DeliveryFailure {
  /** Which attempt of this activity it was. */
  readonly attempt: number;
  readonly http_status?: number;
  /** The endpoint is not to be called before so many ms have passed. */
  readonly retry_after_ms?: number;
}

export interface Delivered {
  readonly http_status: number;
  /** Which attempt of this activity it was. */
  readonly attempt: number;
  /** Epoch ms. */
  readonly at: number;
}

export interface LoadRequest {
  readonly request_id: string;
  /** Only events with a higher number. */
  readonly after: number;
}

export interface LoadedEvents {
  readonly payin: PayinView;
  readonly events: readonly PayinEvent[];
  /** There are others behind them. */
  readonly more: boolean;
}

export interface NotifyActivities {
  /**
   * Hands events over to the workflow of each endpoint, which drops those it has already: may be repeated.
   * Fails where one endpoint's could not be reached, after all were tried.
   */
  readonly notify: (handOver: HandOver) => Promise<void>;
  /**
   * One attempt to tell one endpoint of one event; quick where it runs as a local activity. Its failure is for good
   * where the endpoint is gone, or where so many attempts were refused that a person should hear of it.
   */
  readonly deliver: (request: DeliverRequest) => Promise<Delivered>;
  /** A page of what the order records hold; `null` where they hold no such pay-in, or none that the merchant is told of. */
  readonly loadEvents: (request: LoadRequest) => Promise<LoadedEvents | null>;
}

const PAGE = 200;

export function createNotifyActivities({
  client,
  orders,
  endpoints,
  ...options
}: NotifyActivitiesDeps): NotifyActivities {
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
      const record = await orders.find(request_id);
      // As the workflows' `isTheMerchants` has it: of an order that nobody knows the merchant is not told by a resend either.
      if (!record || (record.digest === undefined && !record.known.adopted)) return null;
      const events = await orders.events(request_id, { after, limit: PAGE });
      return { payin: shownPayin(record), events, more: events.length === PAGE };
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
