import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { payinWorkflowId, type WebhookClaim, webhookSignal } from '../workflows/payin-messages';
import { askTemporal } from './ask-temporal';

const TIMEOUT_MS = 5_000;

/**
 * Signals a verified webhook to its pay-in: `payin-<request_id>`, or, without `request_id`, what runs for its
 * `pay_order_id`. "delivered" means that Temporal has taken the signal, so nothing can lose it any more.
 * @throws Problem temporal_unavailable
 */
export function deliverWebhook(client: Client, claim: WebhookClaim): Promise<'delivered' | 'not_running'> {
  return askTemporal(client, TIMEOUT_MS, async () => {
    const { request_id, pay_order_id = '' } = claim;
    const workflowIds = request_id === undefined ? runsOfOrder(client, pay_order_id) : [payinWorkflowId(request_id)];
    let outcome: 'delivered' | 'not_running' = 'not_running';
    for await (const workflowId of workflowIds) if (await signal(client, workflowId, claim)) outcome = 'delivered';
    return outcome;
  });
}

/** @param payOrderId checked by `verifyWebhook`: it holds nothing that a visibility query could take for its own syntax */
async function* runsOfOrder(client: Client, payOrderId: string): AsyncGenerator<string> {
  const query = `${SEARCH_ATTRIBUTES.payOrderId.name} = "${payOrderId}" AND ExecutionStatus = "Running"`;
  for await (const { workflowId } of client.workflow.list({ query })) yield workflowId;
}

async function signal(client: Client, workflowId: string, claim: WebhookClaim): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal(webhookSignal, claim);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
