import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { PAYIN_WORKFLOW, payinWorkflowId } from '../workflows/payin/messages';

/**
 * The `request_id` of the pay-in that Temporal lists for an order of Lesspay's, running or ended. Its list may be some
 * seconds behind, and forgets a pay-in when its retention is over.
 * @param pay_order_id of letters, digits, "_" and "-": nothing that a visibility query could take for its own syntax
 * @throws when Temporal's list can't be read
 */
export async function payinOfOrder(client: Client, pay_order_id: string): Promise<string | undefined> {
  const query = `WorkflowType = "${PAYIN_WORKFLOW}" AND ${SEARCH_ATTRIBUTES.payOrderId.name} = "${pay_order_id}"`;
  const prefix = payinWorkflowId('');
  for await (const { workflowId } of client.workflow.list({ query }))
    if (workflowId.startsWith(prefix)) return workflowId.slice(prefix.length);
  return undefined;
}
