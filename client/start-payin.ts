import {
  ApplicationFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { z } from 'zod';
import { checkoutProblem, type CheckoutProblem } from '../workflows/payin-checkout';
import type { payin } from '../workflows/payin';
import {
  checkoutUpdate,
  payinWorkflowId,
  type PayinRequest,
  type PayinResult,
  type PayinView,
  type Refusal,
} from '../workflows/payin-messages';
import { readPayin } from './find-payin';
import { payinStart } from './payin-start';
import { requestDigest } from './request-digest';

export type StartOutcome =
  /** This call started it. */
  | { readonly kind: 'started'; readonly payin: PayinView }
  /** It was started before, with the same content. */
  | { readonly kind: 'existing'; readonly payin: PayinView }
  /** It runs, and its order does not exist yet: ask again. */
  | { readonly kind: 'pending'; readonly workflow_id: string }
  | { readonly kind: 'other_content' }
  | { readonly kind: Exclude<CheckoutProblem, 'rejected'>; readonly message: string }
  | { readonly kind: 'rejected'; readonly refusal: Refusal }
  /** Its run was ended from outside (terminated), so it has no result: an operator must look. */
  | { readonly kind: 'interrupted' };

/**
 * Starts a pay-in, or finds the one there is, and waits for its checkout page (design, "Starting one"). Whatever
 * happens, one `request_id` makes one workflow and one order at Lesspay.
 * @param timeoutMs how long to wait for the page before the outcome is `pending`
 * @throws when Temporal can't be reached; the pay-in may have started all the same, and the same call again tells
 */
export async function startPayin(
  client: Client,
  request: PayinRequest,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<StartOutcome> {
  const { start_token, ...start } = payinStart(request);
  const workflow_id = payinWorkflowId(request.request_id);
  try {
    const { start_token: theirs, ...payin } = await client.withDeadline(Date.now() + timeoutMs, () =>
      client.workflow.executeUpdateWithStart(checkoutUpdate, start),
    );
    if (theirs === start_token) return { kind: 'started', payin };
    // The update's answer is the first caller's, so it says what was then: say what is now.
    return { kind: 'existing', payin: (await readPayin(client, request.request_id, { timeoutMs: 2_000 })) ?? payin };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return endedOutcome(client, request);
    if (error instanceof WorkflowUpdateFailedError) return failedOutcome(error, workflow_id);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      // Our deadline does not mean that it did not start: look.
      await client.workflow.getHandle(workflow_id).describe();
      return { kind: 'pending', workflow_id };
    }
    throw error;
  }
}

/** The pay-in has ended: the same answer as while it ran, from its result. */
async function endedOutcome(client: Client, request: PayinRequest): Promise<StartOutcome> {
  const result = await resultOf(client, request.request_id);
  if (!result) return { kind: 'interrupted' };
  if (result.digest !== requestDigest(request)) return { kind: 'other_content' };
  const problem = checkoutProblem(result);
  if (!problem) return { kind: 'existing', payin: result };
  if (problem.type === 'rejected') return { kind: 'rejected', refusal: result.refusal ?? { message: problem.message } };
  return { kind: problem.type, message: problem.message };
}

async function resultOf(client: Client, request_id: string): Promise<PayinResult | undefined> {
  try {
    return await client.workflow.getHandle<typeof payin>(payinWorkflowId(request_id)).result();
  } catch (error) {
    if (error instanceof WorkflowFailedError) return undefined;
    throw error;
  }
}

/** What the update's failure tells of a refusal. */
const refusalDetail = z.object({ code: z.number().exactOptional(), message: z.string() });

/** The pay-in runs, and says why there is no checkout page. */
function failedOutcome(error: WorkflowUpdateFailedError, workflow_id: string): StartOutcome {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  const refusal = refusalDetail.safeParse(cause.details?.[0]).data;
  switch (cause.type) {
    case 'other_content':
      return { kind: 'other_content' };
    case 'rejected':
      return { kind: 'rejected', refusal: refusal ?? { message: cause.message } };
    case 'request_id_taken':
    case 'checkout_url_lost':
      return { kind: cause.type, message: cause.message };
    case 'creating':
      return { kind: 'pending', workflow_id };
    default:
      throw error;
  }
}
