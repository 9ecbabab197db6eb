import { activityInfo, ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Endpoint } from '../merchant/endpoint';
import { DeliveryError } from '../merchant/errors';
import { createMerchant, type MerchantOptions } from '../merchant/merchant';
import { shownPayin } from '../merchant/shown-payin';
import type { Orders } from '../orders/order-records';
import type { HandOver, Notification } from '../workflows/notification-messages';
import type { PayinEvent } from '../workflows/payin-events';
import type { PayinView } from '../workflows/payin-messages';
import { failureType } from './failure-type';
import { signalNotification } from './signal-notification';

export interface NotifyActivitiesDeps extends Omit<MerchantOptions, 'endpoints'> {
  readonly client: Client;
  readonly orders: Pick<Orders, 'find' | 'events'>;
  readonly endpoints: readonly Endpoint[];
}

export interface DeliverRequest {
  readonly endpoint: string;
  readonly notification: Notification;
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
  /** One attempt to tell one endpoint of one event; quick where it runs as a local activity. */
  readonly deliver: (request: DeliverRequest) => Promise<Delivered>;
  /** A page of what the order records hold; `null` where they hold no such pay-in. */
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

    async deliver({ endpoint, notification }) {
      const { isLocal, attempt } = activityInfo();
      try {
        const options = { quick: isLocal, signal: cancellationSignal() };
        const http_status = await merchant.deliver(endpoint, notification, options);
        return { http_status, attempt, at: Date.now() };
      } catch (error) {
        if (error instanceof DeliveryError) throw failureOf(error, attempt);
        throw error;
      }
    },

    async loadEvents({ request_id, after }) {
      const record = await orders.find(request_id);
      if (!record) return null;
      const events = await orders.events(request_id, { after, limit: PAGE });
      return { payin: shownPayin(record), events, more: events.length === PAGE };
    },
  };
}

/** With a type that an operator understands in the UI, e.g. `EndpointTimeout`. All of them may pass. */
function failureOf({ code, message }: DeliveryError, attempt: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureType('Endpoint', code),
    message,
    ...(code === 'held_back' ? { nextRetryDelay: restAfter(attempt) } : {}),
  });
}

/**
 * What was held back came with many others: they come back apart, and ever more seldom, as the retry policy has it
 * (`workflows/deliver-notification.ts`).
 */
const restAfter = (attempt: number): number => Math.min(HOUR, 5_000 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

const HOUR = 3_600_000;
