import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { payin } from '../workflows/payin';
import { payinWorkflowId } from '../workflows/payin/messages';
import type { PayinState } from '../payin/view';
import { askState } from './ask-state';
import { GRPC, grpcCode } from './grpc-code';
import { isUpToDate, lastRun, type Run } from './last-run';
import { PayinUnreadableError } from './payin-unreadable';

export interface ReadOptions {
  /** How long to wait for the answer of the running workflow, ms. */
  readonly timeoutMs: number;
  /** What is recorded of the pay-in: the answer, where Temporal shows that it is as new. No worker is needed then. */
  readonly recorded?: PayinState | undefined;
}

/**
 * The pay-in as its workflow knows it, running or ended.
 * @returns undefined where there is no such pay-in
 * @throws PayinUnreadableError when its workflow does not answer in time; says why
 * @throws when Temporal can't be reached
 */
export async function readPayin(
  client: Client,
  request_id: string,
  options: ReadOptions,
): Promise<PayinState | undefined> {
  const run = await client.withDeadline(Date.now() + options.timeoutMs, () => lastRun(client, request_id));
  return run && readRun(client, request_id, run, options);
}

/** The same, where its last run was just described. */
export async function readRun(
  client: Client,
  request_id: string,
  run: Run,
  { timeoutMs, recorded }: ReadOptions,
): Promise<PayinState | undefined> {
  if (recorded && isUpToDate(recorded, run)) return recorded;
  // An ended pay-in needs no worker to be read.
  if (run.status.name === 'COMPLETED') return resultOf(client, request_id, run, timeoutMs);
  // Temporal would refuse the question.
  if (run.status.name === 'PAUSED') throw new PayinUnreadableError(request_id, run);
  try {
    return await askState(client, request_id, timeoutMs);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (grpcCode(error) === GRPC.UNAVAILABLE) throw error;
    throw new PayinUnreadableError(request_id, (await lastRun(client, request_id)) ?? run, { cause: error });
  }
}

async function resultOf(client: Client, request_id: string, { runId }: Run, timeoutMs: number): Promise<PayinState> {
  const handle = client.workflow.getHandle<typeof payin>(payinWorkflowId(request_id), runId);
  const { facts: _ours, ...state } = await client.withDeadline(Date.now() + timeoutMs, () => handle.result());
  return state;
}
