import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../temporal.config';
import { webhookSignal } from '../workflows/payin/messages';
import type { WebhookClaim } from '../payin/webhook-claim';
import { UNMATCHED_ORDER_WORKFLOW, unmatchedOrderId, unmatchedSummary } from '../workflows/unmatched/messages';
import type { unmatchedOrder } from '../workflows/unmatched-order';

/**
 * Keeps a verified webhook whose order belongs to no known pay-in. When this resolves, Temporal has stored it. One workflow for
 * each order looks for the pay-in. It signals the webhook to that pay-in, or flags it for a person (docs/decisions/0013).
 * @throws when Temporal can't be reached, or refuses the signal because the run has received too many
 */
export async function keepUnmatched(client: Client, pay_order_id: string, webhook: WebhookClaim): Promise<void> {
  await client.workflow.signalWithStart<typeof unmatchedOrder, [WebhookClaim?]>(UNMATCHED_ORDER_WORKFLOW, {
    workflowId: unmatchedOrderId(pay_order_id),
    taskQueue: TASK_QUEUE,
    args: [{ pay_order_id }],
    signal: webhookSignal,
    signalArgs: [webhook],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: unmatchedSummary(pay_order_id),
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.payOrderId, value: pay_order_id },
      { key: SEARCH_ATTRIBUTES.needsAttention, value: false },
    ],
  });
}
