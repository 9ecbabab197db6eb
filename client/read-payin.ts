import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { payin } from '../workflows/payin';
import { payinWorkflowId, stateQuery, type PayinState } from '../workflows/payin-messages';

/**
 * The pay-in as its workflow knows it, running or ended.
 * @param timeoutMs for the answer of the running workflow
 * @returns undefined where there is no such pay-in
 * @throws when Temporal can't be reached, or no worker answers in time
 */
export async function readPayin(
  client: Client,
  request_id: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<PayinState | undefined> {
  const handle = client.workflow.getHandle<typeof payin>(payinWorkflowId(request_id));
  try {
    return await client.withDeadline(Date.now() + timeoutMs, async () => {
      const { status } = await handle.describe();
      if (status.name !== 'COMPLETED') return handle.query(stateQuery);
      // An ended pay-in needs no worker to be read.
      const { known: _ours, ...state } = await handle.result();
      return state;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/**
 * The last run that Temporal has of this pay-in, running or ended. No worker is needed to tell.
 * @returns undefined where it has none
 * @throws when Temporal can't be reached
 */
export async function lastRun(client: Client, request_id: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(payinWorkflowId(request_id)).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Has Temporal a run of this pay-in, running or ended? */
export const payinHasRun = async (client: Client, request_id: string): Promise<boolean> =>
  (await lastRun(client, request_id)) !== undefined;
