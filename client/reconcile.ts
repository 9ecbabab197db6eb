import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { TASK_QUEUE } from '../temporal.config';
import type { reconciliation } from '../workflows/reconciliation';
import {
  RECONCILIATION_WORKFLOW,
  reconciliationId,
  type ReconciliationInput,
} from '../workflows/reconciliation-messages';

export type ReconciliationHandle = WorkflowHandle<typeof reconciliation>;

/**
 * Starts a reconciliation: never a second one beside another.
 * @returns undefined, and nothing was started, where one is running
 */
export async function startReconciliation(
  client: Client,
  input: ReconciliationInput,
): Promise<ReconciliationHandle | undefined> {
  try {
    return await client.workflow.start<typeof reconciliation>(RECONCILIATION_WORKFLOW, {
      workflowId: reconciliationId(TASK_QUEUE),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `reconciliation, by ${input.by}`,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/** The one that is running. */
export async function runningReconciliation(client: Client): Promise<ReconciliationHandle | undefined> {
  try {
    const { status, runId } = await client.workflow.getHandle(reconciliationId(TASK_QUEUE)).describe();
    if (status.name !== 'RUNNING') return undefined;
    return client.workflow.getHandle<typeof reconciliation>(reconciliationId(TASK_QUEUE), runId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
