import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

/** `temporal.api.enums.v1.WorkflowTaskFailedCause`: how a history says that it was reset. */
export const RESET_WORKFLOW = 20;

/**
 * Was the run of the activity that asks made by *Reset*? What its pay-in did before is then not in its history, or only
 * in part.
 */
export async function runWasReset(client: Client): Promise<boolean> {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) return false;
  const { workflowId, runId } = workflowExecution;
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).some((event) => event.workflowTaskFailedEventAttributes?.cause?.valueOf() === RESET_WORKFLOW);
}
