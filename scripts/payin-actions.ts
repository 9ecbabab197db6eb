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

/** What a person does to pay-ins from the command line, to one or to many. */

const UPDATES = [acknowledgeUpdate, resolveUpdate, adoptUpdate, stopWatchingUpdate, resumeWatchingUpdate];

export const ACTIONS: readonly string[] = ['wake', ...UPDATES.map(({ name }) => name)];

export interface Action {
  /** One of `ACTIONS`. */
  readonly name: string;
  readonly note: OperatorNote & { readonly code?: string; readonly status?: string };
}

/** How long a worker may take to do it, ms. */
const ACT_MS = 30_000;

/**
 * @returns what was done, in words
 * @throws with words for `inWords` where it was not
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
    return `Done: ${state.status}${state.needs_attention ? ', needs attention' : ', nothing open'}.`;
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
  if (paused) return `It has the message, but ${pausedInWords(paused)}`;
  return how === 'delivered' ? `It runs, and asks Lesspay now: ${place}` : `It goes on in a new run: ${place}`;
}

/** Why an action was not done, for the person who wanted it. */
export function inWords(error: unknown): string {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
    return error.cause.message;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return `no worker answered within ${ACT_MS / 1_000} s: it may yet be done, look again`;
  if (error instanceof WorkflowNotFoundError) return 'no run of it is running: wake it first';
  if (error instanceof ServiceError && isGrpcServiceError(error.cause)) return error.cause.details || error.message;
  return error instanceof Error ? error.message : String(error);
}
