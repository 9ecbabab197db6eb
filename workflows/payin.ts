import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { askLesspay } from './ask-lesspay';
import { tryToCreate } from './create-order';
import { checkoutProblem } from './payin-checkout';
import { show, span } from './payin-display';
import {
  acknowledgeUpdate,
  checkoutUpdate,
  payinWorkflowId,
  stateQuery,
  wakeSignal,
  webhookSignal,
  type CheckoutAnswer,
  type OperatorNote,
  type PayinInput,
  type PayinResult,
} from './payin-messages';
import { PayinRun, type Wait } from './payin-run';

/**
 * One pay-in, from its start to its certain end: makes the order at Lesspay, hands out its checkout page, waits for
 * Lesspay's webhook or the next poll, asks Lesspay what became of the order, and ends when nothing is left to do.
 */
export async function payin(input: PayinInput): Promise<PayinResult> {
  const { workflowId } = workflowInfo();
  const run = new PayinRun(input, workflowId, Date.now());
  listen(run);
  refuseStrangeId(run);
  show(run);

  // *Cancel* in the UI stops the polls; it never loses an order.
  CancellationScope.current().cancelRequested.catch(() => {
    run.stopWatching(Date.now());
    show(run);
  });
  return CancellationScope.nonCancellable(async () => {
    while (!run.finished || !allHandlersFinished()) {
      if (run.finished) await condition(allHandlersFinished);
      else await (run.facts.creation_over ? watch(run) : tryToCreate(run));
      show(run);
      if (workflowInfo().continueAsNewSuggested && !run.finished) await rollOver(run);
    }
    return run.result();
  });
}

/** Waits for a hint, or for the schedule, then asks Lesspay. */
async function watch(run: PayinRun): Promise<void> {
  const wait = run.nextWait(Date.now(), Math.random());
  run.stirred = false;
  const woken = await hintOr(run, wait);
  if (woken && !run.facts.hinted) return;
  await askLesspay(run, woken ? 'a webhook or a person asks' : whyNow(run, wait));
  run.asked(woken ? undefined : wait?.poll, Date.now());
}

/** Starts the same pay-in with a fresh history, as soon as nobody waits for an answer of this run. */
async function rollOver(run: PayinRun): Promise<void> {
  run.rollingOver = true;
  await condition(allHandlersFinished);
  show(run);
  await continueAsNew<typeof payin>({ ...run.input, carried: run.facts });
}

/** True when something woke it, false when the time came. */
async function hintOr(run: PayinRun, wait: Wait | undefined): Promise<boolean> {
  const woken = () => run.facts.hinted || run.stirred;
  if (woken()) return true;
  if (wait) return condition(woken, Math.max(wait.at - Date.now(), 1), { summary: whyNow(run, wait) });
  await condition(woken);
  return true;
}

function whyNow({ facts }: PayinRun, wait: Wait | undefined): string {
  const age = `order ${span((wait?.at ?? Date.now()) - (facts.ordered_at ?? facts.created_at))} old`;
  return wait?.poll
    ? `poll ${facts.polls + 1}, ${age}`
    : `webhook's claim not shown yet, asked ${facts.claim_asks} times, ${age}`;
}

function listen(run: PayinRun): void {
  setHandler(stateQuery, () => run.result());
  setHandler(webhookSignal, (claim) => {
    run.receive(claim, Date.now());
    show(run);
  });
  setHandler(wakeSignal, (note) => run.wake(note, Date.now()));
  setHandler(checkoutUpdate, () => CancellationScope.nonCancellable(() => checkout(run)), {
    validator: (digest) => refuseOtherContent(run, digest),
  });
  setHandler(acknowledgeUpdate, (note) => acknowledge(run, note), { validator: refuseNamelessNote });
}

async function checkout(run: PayinRun): Promise<CheckoutAnswer> {
  await condition(() => run.checkoutReady || run.rollingOver);
  if (!run.checkoutReady)
    throw ApplicationFailure.nonRetryable('the order is still being created: ask again', 'creating');
  const problem = checkoutProblem(run.result());
  if (problem) throw ApplicationFailure.nonRetryable(problem.message, problem.type, run.facts.refusal);
  return { ...run.view(), start_token: run.input.start_token };
}

function acknowledge(run: PayinRun, note: OperatorNote): PayinResult {
  run.acknowledge(note, Date.now());
  show(run);
  return run.result();
}

function refuseOtherContent({ input }: PayinRun, digest: string): void {
  if (digest !== input.digest)
    throw ApplicationFailure.nonRetryable('this request_id is in use by a pay-in with other content', 'other_content');
}

function refuseNamelessNote(note: OperatorNote): void {
  for (const member of ['who', 'why'] as const)
    if (typeof note?.[member] !== 'string' || note[member].trim() === '')
      throw ApplicationFailure.nonRetryable(`say ${member}: {"who": "...", "why": "..."}`, 'invalid_note');
}

function refuseStrangeId({ payin, workflow_id }: PayinRun): void {
  if (workflow_id !== payinWorkflowId(payin.request_id))
    throw ApplicationFailure.nonRetryable(
      `the pay-in ${payin.request_id} must run as ${payinWorkflowId(payin.request_id)}`,
      'wrong_workflow_id',
    );
}
