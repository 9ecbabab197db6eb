import {
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { TASK_QUEUE } from '../temporal.config';
import type { reconciliation } from '../workflows/reconciliation';
import {
  RECONCILIATION_WORKFLOW,
  reconciliationId,
  reconciliationSummary,
  type ReconciliationInput,
  type ReconciliationResult,
} from '../workflows/reconciliation/messages';
import { isOpen } from './last-run';

export type ReconciliationHandle = WorkflowHandle<typeof reconciliation>;

/**
 * Starts a reconciliation, unless one is running.
 * @returns undefined where one is running; then nothing was started
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
      staticSummary: reconciliationSummary(input.by),
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/** The reconciliation that is running; undefined where there is none. */
export async function runningReconciliation(client: Client): Promise<ReconciliationHandle | undefined> {
  try {
    const run = await client.workflow.getHandle(reconciliationId(TASK_QUEUE)).describe();
    if (!isOpen(run)) return undefined;
    return client.workflow.getHandle<typeof reconciliation>(reconciliationId(TASK_QUEUE), run.runId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/**
 * Waits for the end of a reconciliation.
 * @returns its result, also where it failed because a part of it could not be done
 * @throws WorkflowFailedError when it failed without a result, e.g. because of an invalid range
 */
export async function reconciliationResult(handle: ReconciliationHandle): Promise<ReconciliationResult> {
  try {
    return await handle.result();
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
    const [result]: unknown[] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
    if (isResult(result)) return result;
    throw error;
  }
}

const isResult = (details: unknown): details is ReconciliationResult =>
  typeof details === 'object' && details !== null && 'report_id' in details && 'counts' in details;
