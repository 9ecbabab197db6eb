import {
  ApplicationFailure,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { wakePayin } from '../client';
import { noteProblem, type OperatorNote } from '../payin/operator-note';
import {
  acknowledgeUpdate,
  adoptUpdate,
  payinWorkflowId,
  resolveUpdate,
  resumeWatchingUpdate,
  stopWatchingUpdate,
} from '../workflows/payin/messages';
import type { PayinState } from '../payin/view';
import { pausedInWords, pausedOf } from './paused';

/** The operator's actions on pay-ins, from the command line. */

const UPDATES = [acknowledgeUpdate, resolveUpdate, adoptUpdate, stopWatchingUpdate, resumeWatchingUpdate];

export const ACTIONS: readonly string[] = ['wake', ...UPDATES.map(({ name }) => name)];

export interface Action {
  /** One of `ACTIONS`. */
  readonly name: string;
  readonly note: OperatorNote & { readonly code?: string; readonly status?: string };
}

/** How long a worker may take, ms. */
const ACT_MS = 30_000;

/**
 * Does an action to one pay-in.
 * @param unknownToo `wake` also a pay-in that Temporal does not know
 * @returns a text for the operator: what was done
 * @throws an error that `inWords` explains, when it was not done
 */
export async function act(client: Client, request_id: string, action: Action, unknownToo = false): Promise<string> {
  const { name, note } = action;
  const problem = noteProblem(note, ['code', 'status']);
  if (problem !== undefined) throw new Error(problem);
  if (name === 'wake') return wake(client, request_id, note, unknownToo);
  const handle = client.workflow.getHandle(payinWorkflowId(request_id));
  try {
    const state = await client.withDeadline(Date.now() + ACT_MS, () =>
      handle.executeUpdate<PayinState, [OperatorNote]>(name, { args: [note] }),
    );
    return `Done: ${state.status}, ${state.needs_attention ? 'needs attention' : 'no open alert'}.`;
  } catch (error) {
    const paused = await handle.describe().then(pausedOf, () => undefined);
    if (paused) throw new Error(pausedInWords(paused), { cause: error });
    throw error;
  }
}

async function wake(client: Client, request_id: string, note: OperatorNote, unknownToo: boolean): Promise<string> {
  const how = await wakePayin(client, request_id, note, { unknownToo });
  if (how === 'unknown')
    throw new Error(
      `Temporal knows no pay-in ${request_id}: check the request_id. Add --unknown to look for its order at Lesspay.`,
    );
  const place = `${payinWorkflowId(request_id)}, namespace ${client.options.namespace}`;
  const paused = pausedOf(await client.workflow.getHandle(payinWorkflowId(request_id)).describe(), ['queryOrder']);
  if (paused) return `The pay-in has the message, but ${pausedInWords(paused)}`;
  return how === 'delivered'
    ? `The pay-in is running, and asks Lesspay now: ${place}`
    : `The pay-in goes on in a new run, which asks Lesspay: ${place}`;
}

/** Why an action was not done: a text for the operator. */
export function inWords(error: unknown): string {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return error.cause.message;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return `no worker answered within ${ACT_MS / 1_000} s. It may still be done later: check with show`;
  if (error instanceof WorkflowNotFoundError) return 'the pay-in has no open run: wake it first';
  if (error instanceof ServiceError && isGrpcServiceError(error.cause)) return error.cause.details || error.message;
  return error instanceof Error ? error.message : String(error);
}
