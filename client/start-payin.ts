import {
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { checkoutProblem, type CheckoutProblem } from '../workflows/payin-checkout';
import {
  checkoutUpdate,
  payinWorkflowId,
  type PayinRequest,
  type PayinState,
  type PayinView,
  type Refusal,
} from '../workflows/payin-messages';
import { isOutcome } from '../workflows/payin-state';
import { payinStart } from './payin-start';
import { payinHasRun, readPayin } from './read-payin';
import { wakePayin } from './signal-payin';

export type StartOutcome =
  /** This call started it. */
  | { readonly kind: 'started'; readonly payin: PayinView }
  /** It was started before, with the same content. */
  | { readonly kind: 'existing'; readonly payin: PayinView }
  /** It runs, and its order does not exist yet: ask again. */
  | { readonly kind: 'pending'; readonly workflow_id: string }
  | { readonly kind: 'other_content' }
  | { readonly kind: Exclude<CheckoutProblem, 'rejected'>; readonly message: string }
  | { readonly kind: 'rejected'; readonly refusal: Refusal };

/** What the merchant's order records know of a pay-in. */
export interface RecordedPayin {
  /** SHA-256 of the request; absent where nobody knows what the merchant asked for. */
  readonly digest?: string;
  readonly state: PayinState;
}

export interface StartOptions {
  /** How long to wait for the page before the outcome is `pending`, ms. */
  readonly timeoutMs: number;
  /**
   * What is recorded of the request's pay-in: Temporal forgets one that ended when its retention is over. It is waited
   * for, so it must be quick, and answer `undefined` rather than fail where the records are down.
   */
  readonly recorded?: () => Promise<RecordedPayin | undefined>;
}

/**
 * Starts a pay-in, or finds the one there is, and waits for its checkout page (design, "Starting one"). Whatever
 * happens, one `request_id` makes one workflow and one order at Lesspay.
 * @throws when Temporal can't be reached; the pay-in may have started all the same, and the same call again tells
 */
export async function startPayin(
  client: Client,
  request: PayinRequest,
  { timeoutMs, recorded = () => Promise.resolve(undefined) }: StartOptions,
): Promise<StartOutcome> {
  const { start_token, ...start } = payinStart(request);
  const [digest] = start.args;
  const record = await recorded();
  if (record) {
    if ((record.digest ?? digest) !== digest) return { kind: 'other_content' };
    if (!(await payinHasRun(client, request.request_id))) return forgotten(client, record.state, digest);
  }
  const handle = client.workflow.getHandle(payinWorkflowId(request.request_id));
  try {
    const { start_token: theirs, ...payin } = await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.executeUpdateWithStart(checkoutUpdate, start),
    );
    if (theirs === start_token) return { kind: 'started', payin };
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      // Our deadline does not mean that it did not start: look.
      const { memo } = await handle.describe();
      const theirs = memo?.['digest'] ?? digest;
      if (theirs !== digest) return { kind: 'other_content' };
      return { kind: 'pending', workflow_id: handle.workflowId };
    }
    if (!isAnswer(error)) throw error;
  }
  const { status } = await handle.describe();
  // Terminated, say: it has no result, and goes on in a resumed run.
  if (status.name !== 'RUNNING' && status.name !== 'COMPLETED') await resume(client, request.request_id, digest);
  return current(client, request.request_id, digest);
}

/** Temporal knows nothing any more of a pay-in that is recorded: it goes on if something is left to do, and never anew. */
async function forgotten(client: Client, state: PayinState, digest: string): Promise<StartOutcome> {
  if (isOutcome(state.status) && !state.needs_attention) return outcomeOf(state);
  await resume(client, state.request_id, digest);
  return current(client, state.request_id, digest);
}

async function current(client: Client, request_id: string, digest: string): Promise<StartOutcome> {
  // An update's answer, good or bad, is the first caller's and says what was then: say what is now.
  const found = await readPayin(client, request_id, { timeoutMs: READ_TIMEOUT_MS });
  if (!found || (found.digest ?? digest) !== digest) return { kind: 'other_content' };
  return outcomeOf(found);
}

const NOTE = { who: 'the merchant', why: 'sent the same request again' };

/** The update waits until the resumed run knows what it is about. */
async function resume(client: Client, request_id: string, digest: string): Promise<void> {
  await wakePayin(client, request_id, NOTE, { unknownToo: true });
  const handle = client.workflow.getHandle(payinWorkflowId(request_id));
  try {
    await handle.executeUpdate(checkoutUpdate, { args: [digest], updateId: `checkout-${digest}` });
  } catch (error) {
    if (!isAnswer(error) && !(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const READ_TIMEOUT_MS = 2_000;

/** Temporal or the workflow said no, as it does to all but the first caller: look what the pay-in is. */
const isAnswer = (error: unknown): boolean =>
  error instanceof WorkflowExecutionAlreadyStartedError ||
  (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure);

function outcomeOf(payin: PayinState): StartOutcome {
  if (payin.creating) return { kind: 'pending', workflow_id: payin.workflow_id };
  const problem = checkoutProblem(payin);
  if (!problem) return { kind: 'existing', payin };
  if (problem.type !== 'rejected') return { kind: problem.type, message: problem.message };
  return { kind: 'rejected', refusal: payin.refusal ?? { message: problem.message } };
}
