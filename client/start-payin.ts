import { ApplicationFailure, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { checkoutProblem, type CheckoutProblem } from '../payin/checkout';
import { type CheckoutAnswer, checkoutUpdate, payinWorkflowId } from '../workflows/payin/messages';
import type { Refusal } from '../payin/request';
import type { StoredCard } from '../payin/stored-card';
import { payinRequest, type CheckedRequest } from './payin-request';
import { requestDigest } from './request-digest';
import type { SealingKeys } from './sealed';
import { openCard } from './stored-card';
import type { PayinState, PayinView } from '../payin/view';
import { DEFAULT_POLL_SCHEDULE } from '../payin/poll-schedule';
import { isOutcome } from '../payin/state';
import { GRPC, grpcCode } from './grpc-code';
import {
  agrees,
  asShown,
  endedEarly,
  isUpToDate,
  lastRun,
  payinHasRun,
  type Run,
  type Shown,
  shownBy,
} from './last-run';
import { startOf } from './update-with-start';
import { PayinUnreadableError } from './payin-unreadable';
import { readRun } from './read-payin';
import { wakePayin } from './signal-payin';

export type StartOutcome =
  /** This call started the pay-in. */
  | { readonly kind: 'started'; readonly payin: PayinView }
  /** The pay-in was started before, with the same content. */
  | { readonly kind: 'existing'; readonly payin: PayinView }
  /** The pay-in has started, and its order is not known to exist yet: call again. */
  | { readonly kind: 'pending'; readonly workflow_id: string }
  | { readonly kind: 'other_content' }
  | { readonly kind: Exclude<CheckoutProblem, 'rejected'>; readonly message: string }
  | { readonly kind: 'rejected'; readonly refusal: Refusal }
  /** The stored card that the method names can't be used, and nothing was started. */
  | { readonly kind: 'card_unknown'; readonly message: string };

/** A pay-in as the merchant's order records have it. */
export interface RecordedPayin {
  /** SHA-256 of the request; absent for an order that was not started here (`unknown_order`). */
  readonly digest?: string;
  readonly state: PayinState;
}

export interface StartOptions {
  /** How long to wait for the checkout page before the outcome is `pending`, ms. */
  readonly timeoutMs: number;
  /**
   * Reads the order record of the pay-in, since Temporal deletes ended runs after its retention. The start waits for it, so it
   * must be quick, and resolve to `undefined` where the records are down.
   */
  readonly recorded?: () => Promise<RecordedPayin | undefined>;
  /** `CARD_SECRET_KEYS`; needed for the method `card_token` alone. */
  readonly keys?: SealingKeys;
  /**
   * Finds the pay-in that offers a stored card, in the order records; needed for `method.stored_card` alone.
   * What it throws is thrown: without the records such a pay-in can't start.
   */
  readonly storedCard?: (id: string) => Promise<OfferedCard | undefined>;
}

/** A stored card, and the pay-in that offers it. */
export interface OfferedCard {
  readonly request_id: string;
  readonly card: StoredCard;
}

/**
 * Starts a pay-in, or finds the existing one, and waits for its checkout page (docs/design.md, rule 4). One `request_id` has
 * one workflow and at most one order at Lesspay. The outcome shows the present state of the pay-in; where its workflow does not
 * answer, the newest state that the records and Temporal show.
 * @throws when Temporal can't be reached. The pay-in may have started all the same: the same call again finds it
 */
export async function startPayin(
  client: Client,
  checked: CheckedRequest,
  { timeoutMs, recorded = () => Promise.resolve(undefined), keys = [], storedCard }: StartOptions,
): Promise<StartOutcome> {
  // Once more, for callers without types.
  const request = payinRequest.parse(checked);
  const { request_id } = request;
  const digest = requestDigest(request);
  const record = await recorded();
  if (record) {
    if ((record.digest ?? digest) !== digest) return { kind: 'other_content' };
    const run = await lastRun(client, request_id);
    if (!run) return forgotten(client, record.state, digest);
    if (!record.state.creating && isUpToDate(record.state, run)) {
      if (endedEarly(run)) await wake(client, request_id);
      return outcomeOf(record.state);
    }
  }
  let token: string | undefined;
  const id = request.method?.type === 'card_token' ? request.method.stored_card : undefined;
  if (id !== undefined) {
    // The same request gets the same pay-in, also when its card is gone.
    if (await payinHasRun(client, request_id)) return current(client, request_id, digest, undefined, record?.state);
    const offered = await storedCard?.(id);
    if (!offered) return { kind: 'card_unknown', message: NO_SUCH_CARD };
    token = openCard(offered.card, offered.request_id, keys);
    if (token === undefined) return { kind: 'card_unknown', message: NO_KEY };
  }
  const { start_token, ...start } = startOf(request, digest, DEFAULT_POLL_SCHEDULE, keys, token);
  let answer: StartOutcome | undefined;
  try {
    answer = await checkout(request_id, start_token, () =>
      client.withDeadline(Date.now() + timeoutMs, () => client.workflow.executeUpdateWithStart(checkoutUpdate, start)),
    );
  } catch (error) {
    // It may have started although the deadline is over, or Temporal refused the update: see whether it has a run.
    if (isUnavailable(error) || !(await payinHasRun(client, request_id))) throw error;
  }
  return answer?.kind === 'started' ? answer : current(client, request_id, digest, answer, record?.state);
}

/** A recorded pay-in that Temporal no longer has. If it is not finished, a resumed run goes on with it. It never starts again. */
async function forgotten(client: Client, state: PayinState, digest: string): Promise<StartOutcome> {
  if (isOutcome(state.status) && !state.needs_attention) return outcomeOf(state);
  const answer = await resume(client, state.request_id, digest);
  return current(client, state.request_id, digest, answer, state);
}

/**
 * The present state of the pay-in, from the first source that has it.
 * @param answer what the update answered. It shows the state at the time of the first call, which may be old.
 */
async function current(
  client: Client,
  request_id: string,
  digest: string,
  answer: StartOutcome | undefined,
  recorded: PayinState | undefined,
): Promise<StartOutcome> {
  let run = await lastRun(client, request_id);
  if (run && (run.memo?.['digest'] ?? digest) !== digest) return { kind: 'other_content' };
  if (run && endedEarly(run)) {
    answer = (await resume(client, request_id, digest)) ?? answer;
    run = await lastRun(client, request_id);
  }
  if (!run || answer?.kind === 'pending') return pending(request_id);
  if (answer?.kind === 'other_content') return answer;
  if (answer?.kind === 'existing' && agrees(answer.payin, run) && !mayHaveMovedOn(run, recorded)) return answer;
  // No caller has an answer yet, since the order is still being created.
  if (!answer && shownBy(run)?.status === 'CREATING') return pending(request_id);
  try {
    const found = await readRun(client, request_id, run, { timeoutMs: READ_TIMEOUT_MS, recorded });
    if (!found || (found.digest ?? digest) !== digest) return { kind: 'other_content' };
    return outcomeOf(found);
  } catch (error) {
    if (!(error instanceof PayinUnreadableError)) throw error;
    return unread(request_id, answer, recorded, error.shown);
  }
}

/**
 * Has the pay-in come further than its run shows? A workflow task writes the record and notifies the merchant before its end,
 * and only its end changes what the run shows.
 */
const mayHaveMovedOn = (run: Run, recorded: PayinState | undefined): boolean =>
  recorded ? isOutcome(recorded.status) : Boolean(run.raw.pendingWorkflowTask);

/** The outcome where the workflow does not answer: from the update's answer or the record, with what Temporal shows now. */
function unread(
  request_id: string,
  answer: StartOutcome | undefined,
  recorded: PayinState | undefined,
  shown: Shown | undefined,
): StartOutcome {
  if (recorded && isOutcome(recorded.status) && !(shown && isOutcome(shown.status))) return outcomeOf(recorded);
  if (answer?.kind === 'existing') return { ...answer, payin: asShown(answer.payin, shown) };
  if (recorded) return outcomeOf(asShown(recorded, shown));
  // An order whose page was lost may have been paid meanwhile, so the caller must not be told to start another pay-in.
  return answer && shown?.status === 'REJECTED' ? answer : pending(request_id);
}

const NO_SUCH_CARD =
  'is the id of no stored card that the order records know. Send the id that a paid pay-in shows as "stored_card", or let the payer enter the card';
const NO_KEY =
  'is the id of a card that no key of CARD_SECRET_KEYS opens any more. Add the old key again, or let the payer enter the card';

const NOTE = { who: 'the merchant', why: 'sent the same request again' };

const wake = (client: Client, request_id: string) => wakePayin(client, request_id, NOTE, { unknownToo: true });

/**
 * Starts a resumed run and asks it for the checkout, which it answers when it has loaded its facts.
 * @returns undefined where no worker answers in time
 */
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

/** Whether Temporal can't be reached. Any other error is an answer of Temporal, or the deadline. */
const isUnavailable = (error: unknown): boolean => grpcCode(error) === GRPC.UNAVAILABLE;

/**
 * The outcome of the update `checkout`, also where it fails. Every caller gets the answer of the first call.
 * @throws any error that is not the workflow's answer
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
    if (type === 'request_id_taken' || type === 'checkout_url_lost' || type === 'amount_unit')
      return { kind: type, message };
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
