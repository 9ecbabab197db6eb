import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';

/** A value of `temporal.api.enums.v1.WorkflowTaskFailedCause`: the history of a run made by *Reset* contains it. */
export const RESET_WORKFLOW = 20;

/**
 * Was the run of the current activity made by *Reset*, or one of those that it continues? Then its history does not
 * contain, or only in part, what its pay-in did before.
 */
export async function runWasReset(client: Client): Promise<boolean> {
  const { workflowId, runId } = activityInfo().workflowExecution ?? {};
  if (workflowId === undefined) return false;
  for (let run = runId; run;) {
    const { events = [] } = await client.workflow.getHandle(workflowId, run).fetchHistory();
    if (events?.some((event) => event.workflowTaskFailedEventAttributes?.cause?.valueOf() === RESET_WORKFLOW))
      return true;
    run = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return false;
}
