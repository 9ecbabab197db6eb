import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../temporal.config';
import { payinWorkflowId } from '../workflows/payin/messages';
import type { PayinView } from '../payin/view';
import { isPayable, PAYIN_STATUSES, type PayinStatus } from '../payin/state';

/** A run as Temporal describes it. No worker is needed for that, nor does anything that the run does delay it. */
export type Run = Pick<WorkflowExecutionDescription, 'status' | 'typedSearchAttributes' | 'raw' | 'memo' | 'runId'>;

/**
 * The last run that Temporal has of this pay-in, running or ended.
 * @returns undefined where it has none
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

/** Has Temporal a run of this pay-in, running or ended? */
export const payinHasRun = async (client: Client, request_id: string): Promise<boolean> =>
  (await lastRun(client, request_id)) !== undefined;

/** It has not ended. A paused one goes on once it is unpaused. */
export const isOpen = ({ status: { name } }: Pick<Run, 'status'>): boolean => name === 'RUNNING' || name === 'PAUSED';

/** It ended before the pay-in did: terminated, say. Nothing goes on by itself. */
export const isBrokenOff = (run: Run): boolean => !isOpen(run) && run.status.name !== 'COMPLETED';

/** What a run's search attributes say of its pay-in: what it knew when its last workflow task ended. */
export type Shown = Pick<PayinView, 'status' | 'needs_attention'>;

/** Nothing of a resumed run that has not yet loaded what is known. */
export function shownBy({ typedSearchAttributes }: Run): Shown | undefined {
  const status = typedSearchAttributes.get(SEARCH_ATTRIBUTES.payinStatus);
  const needs_attention = typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention);
  return status !== undefined && isStatus(status) && needs_attention !== undefined
    ? { status, needs_attention }
    : undefined;
}

const isStatus = (word: string): word is PayinStatus => (PAYIN_STATUSES as readonly string[]).includes(word);

/** What was told of a pay-in is what its run knows now, by all that can be seen without asking it. */
export function agrees({ status, needs_attention }: PayinView, run: Run): boolean {
  const shown = shownBy(run);
  return shown?.status === status && shown.needs_attention === needs_attention;
}

/** The same of its order record, which lags behind while it is being written again and again: the database was down. */
export function isUpToDate(recorded: PayinView, run: Run): boolean {
  const isWritten = (run.raw.pendingActivities ?? []).every(({ activityType }) => activityType?.name !== 'record');
  return isWritten && agrees(recorded, run);
}

/** What was told or recorded of a pay-in, with what its run shows of it now. */
export function asShown<Known extends PayinView>(payin: Known, shown: Shown | undefined): Known {
  const now = { ...payin, ...shown };
  if (!isPayable(now.status)) Reflect.deleteProperty(now, 'checkout_url');
  return now;
}
