import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { PayloadUndecipherableError } from '../codec/payload-codec';
import type { payin } from '../workflows/payin';
import { payinWorkflowId } from '../workflows/payin/messages';
import type { PayinState } from '../payin/view';
import { askState } from './ask-state';
import { GRPC, grpcCode } from './grpc-code';
import { isUpToDate, lastRun, type Run } from './last-run';
import { PayinUnreadableError } from './payin-unreadable';

export interface ReadOptions {
  /** How long to wait for the answer of the workflow, ms. */
  readonly timeoutMs: number;
  /** The state in the order record. It is the answer if Temporal shows that it is up to date; then no worker is needed. */
  readonly recorded?: PayinState | undefined;
}

/**
 * Reads the state of a pay-in from its workflow, open or ended.
 * @returns undefined where Temporal has no such pay-in
 * @throws PayinUnreadableError when the workflow does not answer in time; it says why
 * @throws PayloadUndecipherableError when `PAYLOAD_KEYS` lacks the key with which the state is encrypted
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

/** The same as `readPayin`, for a caller that has just read the description of the newest run. */
export async function readRun(
  client: Client,
  request_id: string,
  run: Run,
  { timeoutMs, recorded }: ReadOptions,
): Promise<PayinState | undefined> {
  if (recorded && isUpToDate(recorded, run)) return recorded;
  // The result of an ended run is read without a worker.
  if (run.status.name === 'COMPLETED') return resultOf(client, request_id, run, timeoutMs);
  // Temporal refuses queries to a paused run.
  if (run.status.name === 'PAUSED') throw new PayinUnreadableError(request_id, run);
  try {
    return await askState(client, request_id, timeoutMs);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (grpcCode(error) === GRPC.UNAVAILABLE || error instanceof PayloadUndecipherableError) throw error;
    throw new PayinUnreadableError(request_id, (await lastRun(client, request_id)) ?? run, { cause: error });
  }
}

async function resultOf(client: Client, request_id: string, { runId }: Run, timeoutMs: number): Promise<PayinState> {
  const handle = client.workflow.getHandle<typeof payin>(payinWorkflowId(request_id), runId);
  const { facts: _ours, ...state } = await client.withDeadline(Date.now() + timeoutMs, () => handle.result());
  return state;
}
