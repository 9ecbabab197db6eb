import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { payinWorkflowId } from '../workflows/payin/messages';
import type { PayinView } from '../payin/view';
import { isPayable, PAYIN_STATUSES, type PayinStatus } from '../payin/state';

/** A run as Temporal describes it. This needs no worker, and does not wait for the run. */
export type Run = Pick<WorkflowExecutionDescription, 'status' | 'typedSearchAttributes' | 'raw' | 'memo' | 'runId'>;

/**
 * The newest run of this pay-in that Temporal has, open or ended.
 * @returns undefined where Temporal has none
 * @throws when Temporal can't be reached
 */
export async function lastRun(client: Client, request_id: string): Promise<Run | undefined> {
  try {
    return await client.workflow.getHandle(payinWorkflowId(request_id)).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Whether Temporal has a run of this pay-in, open or ended. */
export const payinHasRun = async (client: Client, request_id: string): Promise<boolean> =>
  (await lastRun(client, request_id)) !== undefined;

/** Whether a run has not ended. A paused run counts as open. */
export const isOpen = ({ status: { name } }: Pick<Run, 'status'>): boolean => name === 'RUNNING' || name === 'PAUSED';

/** Whether a run ended without completing, for example by *Terminate*: its pay-in is not finished, and nothing continues it. */
export const endedEarly = (run: Run): boolean => !isOpen(run) && run.status.name !== 'COMPLETED';

/** What the search attributes of a run show of its pay-in. They are as new as its last completed workflow task. */
export type Shown = Pick<PayinView, 'status' | 'needs_attention'>;

/** @returns undefined for a resumed run that has not loaded its facts yet */
export function shownBy({ typedSearchAttributes }: Run): Shown | undefined {
  const status = typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinStatus);
  const needs_attention = typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention);
  return status !== undefined && isStatus(status) && needs_attention !== undefined
    ? { status, needs_attention }
    : undefined;
}

const isStatus = (word: string): word is PayinStatus => (PAYIN_STATUSES as readonly string[]).includes(word);

/** Whether a state that was read earlier agrees with what the search attributes of the run show now. */
export function agrees({ status, needs_attention }: PayinView, run: Run): boolean {
  const shown = shownBy(run);
  return shown?.status === status && shown.needs_attention === needs_attention;
}

/** Whether an order record agrees with the run, and no write of it is pending (one is while the database is down). */
export function isUpToDate(recorded: PayinView, run: Run): boolean {
  const isWritten = (run.raw.pendingActivities ?? []).every(({ activityType }) => activityType?.name !== 'record');
  return isWritten && agrees(recorded, run);
}

/** A state that was read earlier, updated with what the run shows now. */
export function asShown<Known extends PayinView>(payin: Known, shown: Shown | undefined): Known {
  const now = { ...payin, ...shown };
  if (!isPayable(now.status)) for (const name of ['checkout_url', 'next_step']) Reflect.deleteProperty(now, name);
  return now;
}
