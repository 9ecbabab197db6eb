import { ApplicationFailure, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { checkoutProblem, type CheckoutProblem } from '../payin/checkout';
import { type CheckoutAnswer, checkoutUpdate, payinWorkflowId } from '../workflows/payin/messages';
import type { PayinRequest, Refusal } from '../payin/request';
import type { PayinState, PayinView } from '../payin/view';
import { isOutcome } from '../payin/state';
import { GRPC, grpcCode } from './grpc-code';
import { agrees, asShown, isBrokenOff, isUpToDate, lastRun, payinHasRun, type Shown, shownBy } from './last-run';
import { checkoutWithStart } from './update-with-start';
import { PayinUnreadableError } from './payin-unreadable';
import { readRun } from './read-payin';
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
 * Starts a pay-in, or finds the one there is, and waits for its checkout page (docs/design.md, rule 4). Whatever
 * happens, one `request_id` makes one workflow and one order at Lesspay. The pay-in is told as it is now, as far as that
 * can be known: its run may be busy, paused, or without a worker.
 * @throws when Temporal can't be reached; the pay-in may have started all the same, and the same call again tells
 */
export async function startPayin(
  client: Client,
  request: PayinRequest,
  { timeoutMs, recorded = () => Promise.resolve(undefined) }: StartOptions,
): Promise<StartOutcome> {
  const { request_id } = request;
  const { start_token, ...start } = checkoutWithStart(request);
  const [digest] = start.args;
  const record = await recorded();
  if (record) {
    if ((record.digest ?? digest) !== digest) return { kind: 'other_content' };
    const run = await lastRun(client, request_id);
    if (!run) return forgotten(client, record.state, digest);
    if (!record.state.creating && isUpToDate(record.state, run)) {
      if (isBrokenOff(run)) await wake(client, request_id);
      return outcomeOf(record.state);
    }
  }
  let told: StartOutcome | undefined;
  try {
    told = await checkout(request_id, start_token, () =>
      client.withDeadline(Date.now() + timeoutMs, () => client.workflow.executeUpdateWithStart(checkoutUpdate, start)),
    );
  } catch (error) {
    // Our deadline, or Temporal's refusal, does not mean that it did not start: look.
    if (isUnavailable(error) || !(await payinHasRun(client, request_id))) throw error;
  }
  return told?.kind === 'started' ? told : current(client, request_id, digest, told, record?.state);
}

/** Temporal knows nothing any more of a pay-in that is recorded: it goes on if something is left to do, and never anew. */
async function forgotten(client: Client, state: PayinState, digest: string): Promise<StartOutcome> {
  if (isOutcome(state.status) && !state.needs_attention) return outcomeOf(state);
  const told = await resume(client, state.request_id, digest);
  return current(client, state.request_id, digest, told, state);
}

/**
 * What the pay-in is now, by whatever tells.
 * @param told what the update said, good or bad: the first caller's answer, which says what was then
 */
async function current(
  client: Client,
  request_id: string,
  digest: string,
  told: StartOutcome | undefined,
  recorded: PayinState | undefined,
): Promise<StartOutcome> {
  let run = await lastRun(client, request_id);
  if (run && (run.memo?.['digest'] ?? digest) !== digest) return { kind: 'other_content' };
  if (run && isBrokenOff(run)) {
    told = (await resume(client, request_id, digest)) ?? told;
    run = await lastRun(client, request_id);
  }
  if (!run || told?.kind === 'pending') return pending(request_id);
  if (told?.kind === 'other_content' || (told?.kind === 'existing' && agrees(told.payin, run))) return told;
  // Nobody has been told anything: its order is still being made.
  if (!told && shownBy(run)?.status === 'CREATING') return pending(request_id);
  try {
    const found = await readRun(client, request_id, run, { timeoutMs: READ_TIMEOUT_MS, recorded });
    if (!found || (found.digest ?? digest) !== digest) return { kind: 'other_content' };
    return outcomeOf(found);
  } catch (error) {
    if (!(error instanceof PayinUnreadableError)) throw error;
    return unread(request_id, told, recorded, error.shown);
  }
}

/** What is known although the run can't be asked: what was told or recorded, with what Temporal shows of it now. */
function unread(
  request_id: string,
  told: StartOutcome | undefined,
  recorded: PayinState | undefined,
  shown: Shown | undefined,
): StartOutcome {
  if (told?.kind === 'existing') return { ...told, payin: asShown(told.payin, shown) };
  if (recorded) return outcomeOf(asShown(recorded, shown));
  // An order whose page was lost may have been paid all the same: nobody is told to start another one.
  return told && shown?.status === 'REJECTED' ? told : pending(request_id);
}

const NOTE = { who: 'the merchant', why: 'sent the same request again' };

const wake = (client: Client, request_id: string) => wakePayin(client, request_id, NOTE, { unknownToo: true });

/** The update waits until the resumed run knows what it is about; no answer where no worker is there in time. */
async function resume(client: Client, request_id: string, digest: string): Promise<StartOutcome | undefined> {
  await wake(client, request_id);
  const handle = client.workflow.getHandle(payinWorkflowId(request_id));
  const update = { args: [digest] satisfies [string], updateId: `checkout-${digest}` };
  try {
    return await checkout(request_id, undefined, () =>
      client.withDeadline(Date.now() + RESUME_TIMEOUT_MS, () => handle.executeUpdate(checkoutUpdate, update)),
    );
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return undefined;
  }
}

const READ_TIMEOUT_MS = 2_000;
const RESUME_TIMEOUT_MS = 5_000;

/** Temporal can't be reached: anything else is its answer, or comes too late. */
const isUnavailable = (error: unknown): boolean => grpcCode(error) === GRPC.UNAVAILABLE;

/**
 * What the workflow answers, yes or no, which is what it answered the first caller.
 * @throws what Temporal says instead
 */
async function checkout(
  request_id: string,
  start_token: string | undefined,
  update: () => Promise<CheckoutAnswer>,
): Promise<StartOutcome> {
  try {
    const { start_token: theirs, ...payin } = await update();
    return { kind: theirs === start_token ? 'started' : 'existing', payin };
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    const { type, message } = cause instanceof ApplicationFailure ? cause : { type: undefined, message: '' };
    if (type === 'rejected') return { kind: type, refusal: { message } };
    if (type === 'request_id_taken' || type === 'checkout_url_lost') return { kind: type, message };
    if (type === 'other_content') return { kind: type };
    if (type === 'creating') return pending(request_id);
    throw error;
  }
}

const pending = (request_id: string): StartOutcome => ({ kind: 'pending', workflow_id: payinWorkflowId(request_id) });

function outcomeOf(payin: PayinState): StartOutcome {
  if (payin.creating) return pending(payin.request_id);
  const problem = checkoutProblem(payin);
  if (!problem) return { kind: 'existing', payin };
  if (problem.type !== 'rejected') return { kind: problem.type, message: problem.message };
  return { kind: 'rejected', refusal: payin.refusal ?? { message: problem.message } };
}
