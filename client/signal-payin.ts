import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../temporal.config';
import type { payin } from '../workflows/payin';
import {
  PAYIN_WORKFLOW,
  payinWorkflowId,
  RESUMED_FOR_MS,
  type ResumeInput,
  wakeSignal,
} from '../workflows/payin/messages';
import type { OperatorNote } from '../payin/operator-note';
import { DEFAULT_POLL_SCHEDULE } from '../payin/poll-schedule';
import { isOpen, lastRun, payinHasRun } from './last-run';

/** Which kind of run took the signal: the one that ran, or one that was started by it. */
export type Signalled = 'delivered' | 'resumed';

/**
 * Signals a pay-in whatever became of its run (docs/design.md, rule 6). Where none is running (ended, terminated, past Temporal's
 * retention, never ours) a resumed run starts, which goes on from what the last one knew.
 * @throws when Temporal can't be reached, or refuses the signal because the run has had too many
 */
export async function signalPayin<Message>(
  client: Client,
  request_id: string,
  signal: SignalDefinition<[Message?]>,
  message: Message,
): Promise<Signalled> {
  try {
    await client.workflow.getHandle(payinWorkflowId(request_id)).signal(signal, message);
    return 'delivered';
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  // What is seen here must still be the last run when the next one starts.
  await client.withDeadline(Date.now() + RESUMED_FOR_MS / 2, () => resume(client, request_id, signal, message));
  return 'resumed';
}

async function resume<Message>(
  client: Client,
  request_id: string,
  signal: SignalDefinition<[Message?]>,
  message: Message,
): Promise<void> {
  const previous_run_id = (await lastRun(client, request_id))?.runId;
  const input: ResumeInput = {
    resume: { request_id, ...(previous_run_id === undefined ? {} : { previous_run_id }) },
    poll_schedule: DEFAULT_POLL_SCHEDULE,
  };
  await client.workflow.signalWithStart<typeof payin, [Message]>(PAYIN_WORKFLOW, {
    workflowId: payinWorkflowId(request_id),
    taskQueue: TASK_QUEUE,
    args: [input],
    signal: signal.name,
    signalArgs: [message],
    // Two that come at once find the same run.
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `pay-in ${request_id}, resumed`,
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.payinRequestId, value: request_id },
      { key: SEARCH_ATTRIBUTES.needsAttention, value: false },
    ],
  });
}

/** Has it a run that has not ended? */
export async function isRunning(client: Client, request_id: string): Promise<boolean> {
  const run = await lastRun(client, request_id);
  return run !== undefined && isOpen(run);
}

export interface WakeOptions {
  /** Also look for an order that Temporal has never heard of, or forgotten: a mistyped request_id is one, too. */
  readonly unknownToo?: boolean;
}

/**
 * Has Lesspay asked about a pay-in now, also one that has ended.
 * @param note who wants it, and why: kept in the audit trail
 * @returns `unknown`, and nothing was done, where Temporal knows of no such pay-in
 */
export async function wakePayin(
  client: Client,
  request_id: string,
  note: OperatorNote,
  { unknownToo = false }: WakeOptions = {},
): Promise<Signalled | 'unknown'> {
  if (!unknownToo && !(await payinHasRun(client, request_id))) return 'unknown';
  return signalPayin(client, request_id, wakeSignal, note);
}
