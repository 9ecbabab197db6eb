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

/** `delivered`: to an open run. `resumed`: there was none, and the signal started a resumed run. */
export type Signalled = 'delivered' | 'resumed';

/**
 * Signals a pay-in (docs/design.md, rule 6). Where it has no open run (it ended, was terminated, is past Temporal's retention, or
 * was never started here), a resumed run starts, which goes on from what is known.
 * @throws when Temporal can't be reached, or refuses the signal because the run has received too many
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
  // The deadline makes sure that the run seen here is still the newest one when the resumed run starts.
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
    // Two calls at the same time get the same run.
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `pay-in ${request_id}, resumed`,
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.payinRequestId, value: request_id },
      { key: SEARCH_ATTRIBUTES.needsAttention, value: false },
    ],
  });
}

/** Whether the pay-in has an open run. */
export async function isRunning(client: Client, request_id: string): Promise<boolean> {
  const run = await lastRun(client, request_id);
  return run !== undefined && isOpen(run);
}

export interface WakeOptions {
  /** Also wake a pay-in that Temporal does not know, or no longer: a mistyped request_id then starts a run, too. */
  readonly unknownToo?: boolean;
}

/**
 * Makes a pay-in ask Lesspay now, also after its end.
 * @param note who wakes it and why; it is kept in the audit trail
 * @returns `unknown` where Temporal has no such pay-in; then nothing was done
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
