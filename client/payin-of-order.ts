import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { PAYIN_WORKFLOW, payinWorkflowId } from '../workflows/payin/messages';

/**
 * Looks in Temporal's list of runs, open or ended, for the pay-in of an order. The list may be some seconds behind, and a run
 * leaves it when its retention is over.
 * @param pay_order_id only letters, digits, "_" and "-", so that it can stand in a visibility query
 * @returns the pay-in's `request_id`; undefined where the list has none
 * @throws when the list can't be read
 */
export async function payinOfOrder(client: Client, pay_order_id: string): Promise<string | undefined> {
  const query = `WorkflowType = "${PAYIN_WORKFLOW}" AND ${SEARCH_ATTRIBUTES.payOrderId.name} = "${pay_order_id}"`;
  const prefix = payinWorkflowId('');
  for await (const { workflowId } of client.workflow.list({ query }))
    if (workflowId.startsWith(prefix)) return workflowId.slice(prefix.length);
  return undefined;
}
