import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { signalNotification } from '../client/signal-notification';
import { DeliveryError } from '../merchant/errors';
import type { Merchant } from '../merchant/merchant';
import type { Records } from '../records/payin-records';
import { withTimeout } from '../records/with-timeout';
import type { FailedTry } from '../workflows/notification/messages';
import type { Batch, Behind, PublishingActivities } from '../workflows/payin/activities';

export interface PublishingActivitiesDeps {
  readonly client: Client;
  readonly records: Pick<Records, 'record' | 'markNotified'>;
  readonly merchant: Merchant;
}

/** How long `publish` waits for the order record, for an endpoint, and for the note of what was sent, ms. */
const RECORD_MS = 500;
const ENDPOINT_MS = 1_000;
const NOTE_MS = 200;

export function createPublishingActivities({
  client,
  records,
  merchant,
}: PublishingActivitiesDeps): PublishingActivities {
  /** Only saves a repetition, with the same ids: so a failure changes nothing. */
  async function note({ payin, last_event, handed_over }: Batch, more: readonly string[]): Promise<void> {
    const { request_id, created_at } = payin;
    const all = [...new Set([...handed_over, ...more])];
    const noting = records.markNotified({ request_id, created_at, last_event, handed_over: all });
    await withTimeout(NOTE_MS, noting).catch(() => undefined);
  }

  /** Sends the events to an endpoint, each after the one before was taken. @returns undefined if it has taken all */
  async function tell(endpoint: string, { payin, events, handed_over }: Batch): Promise<Behind | undefined> {
    if (handed_over.includes(endpoint)) return { endpoint, taken: 0 };
    const until = performance.now() + ENDPOINT_MS;
    let taken = 0;
    for (const event of events) {
      const timeoutMs = Math.round(until - performance.now());
      if (timeoutMs <= 0) return { endpoint, taken };
      try {
        await merchant.deliver(endpoint, { payin, event }, { quick: true, timeoutMs, signal: cancellationSignal() });
        taken = event.number;
      } catch (error) {
        return { endpoint, taken, tried: tried(event.number, error) };
      }
    }
    return undefined;
  }

  return {
    async publish({ write, batch }) {
      const { ahead } = write ? await withTimeout(RECORD_MS, records.record(write)) : {};
      if (ahead) return { ahead };
      if (!batch) return {};
      const told = await Promise.all(merchant.names.map((endpoint) => tell(endpoint, batch)));
      const behind = told.filter((one) => one !== undefined);
      if (behind.length === 0 && merchant.names.length > 0) await note(batch, []);
      return { behind };
    },

    async record(write) {
      const { ahead } = await records.record(write);
      return ahead ?? null;
    },

    async notify({ behind = merchant.names.map((endpoint) => ({ endpoint, taken: 0 })), ...batch }) {
      const { payin, events } = batch;
      const signal = cancellationSignal();
      const tries = behind.map(async ({ endpoint, taken, ...rest }) => {
        const handOver = { payin, events: events.filter(({ number }) => number > taken), ...rest };
        try {
          await signalNotification(client, { request_id: payin.request_id, endpoint }, 'notify', handOver, { signal });
          return undefined;
        } catch (error) {
          return `${endpoint}: ${error instanceof Error ? error.message : String(error)}`;
        }
      });
      const failures = (await Promise.all(tries)).filter((failure) => failure !== undefined);
      if (failures.length > 0)
        throw ApplicationFailure.retryable(`not handed over to ${failures.join('; ')}`, 'NotHandedOver');
      const endpoints = behind.map(({ endpoint }) => endpoint);
      if (endpoints.length > 0) await note(batch, endpoints);
      return endpoints;
    },
  };
}

function tried(number: number, error: unknown): FailedTry {
  const failure = error instanceof Error ? error.message : String(error);
  const retryAfterMs = error instanceof DeliveryError ? error.more.retryAfterMs : undefined;
  return { number, failure, ...(retryAfterMs === undefined ? {} : { not_before: Date.now() + retryAfterMs }) };
}
