import type { Client } from '@temporalio/client';
import { signalPayin, type Signalled } from '../client/signal-payin';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { payinWorkflowId, type WebhookClaim, webhookSignal } from '../workflows/payin-messages';
import { askTemporal } from './ask-temporal';
import { Problem } from './problems';

const TIMEOUT_MS = 5_000;

/**
 * Signals a verified webhook to its pay-in, whatever became of its run. When this returns, Temporal has taken the
 * signal, so nothing can lose it any more.
 * @throws Problem temporal_unavailable; order_unknown where only a `pay_order_id` is given that no pay-in is known by
 */
export async function deliverWebhook(client: Client, claim: WebhookClaim): Promise<Signalled> {
  return askTemporal(client, TIMEOUT_MS, async () => {
    const request_id = claim.request_id ?? (await requestIdOf(client, claim.pay_order_id ?? ''));
    if (request_id === undefined)
      throw new Problem('order_unknown', 'No pay-in is known by this pay_order_id. Deliver the webhook again later.');
    return signalPayin(client, request_id, webhookSignal, claim);
  });
}

/** @param payOrderId checked by `verifyWebhook`: it holds nothing that a visibility query could take for its own syntax */
async function requestIdOf(client: Client, payOrderId: string): Promise<string | undefined> {
  const query = `${SEARCH_ATTRIBUTES.payOrderId.name} = "${payOrderId}"`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    const prefix = payinWorkflowId('');
    if (workflowId.startsWith(prefix)) return workflowId.slice(prefix.length);
  }
  return undefined;
}
