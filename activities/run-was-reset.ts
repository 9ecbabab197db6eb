import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

/** A value of `temporal.api.enums.v1.WorkflowTaskFailedCause`: the history of a run made by *Reset* contains it. */
export const RESET_WORKFLOW = 20;

/**
 * Was the run of the current activity made by *Reset*? Then its history does not contain, or only in part, what its pay-in
 * did before.
 */
export async function runWasReset(client: Client): Promise<boolean> {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) return false;
  const { workflowId, runId } = workflowExecution;
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return (events ?? []).some((event) => event.workflowTaskFailedEventAttributes?.cause?.valueOf() === RESET_WORKFLOW);
}
