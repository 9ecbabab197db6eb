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

/** For the whole delivery. */
const TIMEOUT_MS = 5_000;
/** For each lookup: in Temporal's list, and in the order records. */
const LOOK_UP_MS = 1_000;

export interface Delivery {
  /** `unmatched`: no pay-in is known for it yet, so a workflow keeps it. `not_ours`: for another shop, so it was ignored. */
  readonly result: Signalled | 'unmatched' | 'not_ours';
  /** Which lookups failed, and why. For the log. */
  readonly failedLookups?: Readonly<Record<string, string>>;
}

export interface DeliveryDeps {
  readonly client: Client;
  readonly records: Pick<Records, 'find' | 'findByPayOrderId'>;
  /** Whether a `request_id` begins with one of our prefixes. */
  readonly isOurs: (request_id: string) => boolean;
}

/**
 * Signals a verified webhook to its pay-in, also where the pay-in has no open run. When this resolves, Temporal has stored the
 * webhook; unless it is surely for another shop (`not_ours`).
 * @throws Problem temporal_unavailable or temporal_refused; records_unavailable where only the records can show whose it is
 */
export function deliverWebhook(deps: DeliveryDeps, claim: WebhookClaim): Promise<Delivery> {
  const { client, isOurs } = deps;
  const { request_id, pay_order_id = '' } = claim;
  return askTemporal(client, TIMEOUT_MS, async () => {
    if (request_id === undefined) return deliverByOrder(deps, pay_order_id, claim);
    const whose = isOurs(request_id) ? request_id : await knownPayin(deps, request_id, pay_order_id);
    if (whose === undefined) return { result: 'not_ours' };
    return { result: await signalPayin(client, whose, webhookSignal, claim) };
  });
}

/**
 * Finds the pay-in of a webhook whose request_id has none of our prefixes. It may be ours all the same: started under other
 * settings, or sent by Lesspay with a wrong request_id.
 * @returns the pay-in's request_id; undefined where the order is surely not ours
 */
async function knownPayin(
  { client, records }: DeliveryDeps,
  request_id: string,
  pay_order_id: string,
): Promise<string | undefined> {
  if (await payinHasRun(client, request_id)) return request_id;
  const record =
    (await askRecords(LOOK_UP_MS, records.find(request_id))) ??
    (await askRecords(LOOK_UP_MS, records.findByPayOrderId(pay_order_id)));
  return record?.request_id;
}

/** Where a lookup fails here, the workflow that keeps the webhook tries it again later. */
async function deliverByOrder(
  { client, records }: DeliveryDeps,
  pay_order_id: string,
  claim: WebhookClaim,
): Promise<Delivery> {
  const failedLookups: Record<string, string> = {};
  const noting = (where: string) => (error: unknown) => {
    failedLookups[where] = error instanceof Error ? error.message : String(error);
    return undefined;
  };
  const listed = await client
    .withDeadline(Date.now() + LOOK_UP_MS, () => payinOfOrder(client, pay_order_id))
    .catch(noting('list'));
  const recorded = async () =>
    (await withTimeout(LOOK_UP_MS, records.findByPayOrderId(pay_order_id)).catch(noting('records')))?.request_id;
  const request_id = listed ?? (await recorded());
  if (request_id !== undefined)
    return { result: await signalPayin(client, request_id, webhookSignal, claim), failedLookups };
  await keepUnmatched(client, pay_order_id, claim);
  return { result: 'unmatched', failedLookups };
}
