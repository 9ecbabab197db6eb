import type { Client } from '@temporalio/client';
import { keepUnmatched } from '../../client/keep-unmatched';
import { payinOfOrder } from '../../client/payin-of-order';
import { payinHasRun } from '../../client/last-run';
import { type Signalled, signalPayin } from '../../client/signal-payin';
import type { Records } from '../../records/payin-records';
import { withTimeout } from '../../records/with-timeout';
import type { WebhookClaim } from '../../payin/webhook-claim';
import { webhookSignal } from '../../workflows/payin/messages';
import { askRecords } from '../payins/ask-records';
import { askTemporal } from '../payins/ask-temporal';

/** For all of it. */
const TIMEOUT_MS = 5_000;
/** For looking a pay-in up by its `pay_order_id`, in each of two places. */
const LOOK_UP_MS = 1_000;

export interface Delivery {
  /** `unmatched`: kept for the pay-in, which is being looked for. `not_ours`: another shop's, and left aside. */
  readonly result: Signalled | 'unmatched' | 'not_ours';
  /** Why looking it up came to nothing, for the log. */
  readonly unasked?: Readonly<Record<string, string>>;
}

export interface DeliveryWays {
  readonly client: Client;
  readonly records: Pick<Records, 'find' | 'findByPayOrderId'>;
  /** By how it begins. */
  readonly isOurs: (request_id: string) => boolean;
}

/**
 * Signals a verified webhook to its pay-in, whatever became of its run. When this returns, Temporal has taken it, so
 * nothing can lose it any more; but for what is surely another shop's.
 * @throws Problem temporal_unavailable; records_unavailable where only they can tell whose it is
 */
export function deliverWebhook(ways: DeliveryWays, claim: WebhookClaim): Promise<Delivery> {
  const { client, isOurs } = ways;
  const { request_id, pay_order_id = '' } = claim;
  return askTemporal(client, TIMEOUT_MS, async () => {
    if (request_id === undefined) return deliverByOrder(ways, pay_order_id, claim);
    const whose = isOurs(request_id) ? request_id : await knownAs(ways, request_id, pay_order_id);
    if (whose === undefined) return { result: 'not_ours' };
    return { result: await signalPayin(client, whose, webhookSignal, claim) };
  });
}

/**
 * The pay-in of a request_id that does not begin like ours: it may have been started under other settings, and Lesspay may
 * have mixed the ids of an order up.
 * @returns its request_id; undefined where the order is surely not ours
 */
async function knownAs(
  { client, records }: DeliveryWays,
  request_id: string,
  pay_order_id: string,
): Promise<string | undefined> {
  if (await payinHasRun(client, request_id)) return request_id;
  const record =
    (await askRecords(LOOK_UP_MS, records.find(request_id))) ??
    (await askRecords(LOOK_UP_MS, records.findByPayOrderId(pay_order_id)));
  return record?.request_id;
}

/** Who can't be asked here is asked later, by the run that keeps it. */
async function deliverByOrder(
  { client, records }: DeliveryWays,
  pay_order_id: string,
  claim: WebhookClaim,
): Promise<Delivery> {
  const unasked: Record<string, string> = {};
  const noting = (who: string) => (error: unknown) => {
    unasked[who] = error instanceof Error ? error.message : String(error);
    return undefined;
  };
  const listed = await client
    .withDeadline(Date.now() + LOOK_UP_MS, () => payinOfOrder(client, pay_order_id))
    .catch(noting('list'));
  const recorded = async () =>
    (await withTimeout(LOOK_UP_MS, records.findByPayOrderId(pay_order_id)).catch(noting('records')))?.request_id;
  const request_id = listed ?? (await recorded());
  if (request_id !== undefined) return { result: await signalPayin(client, request_id, webhookSignal, claim), unasked };
  await keepUnmatched(client, pay_order_id, claim);
  return { result: 'unmatched', unasked };
}
