import type { UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import * as operator from '../../payin/operator';
import { answerApart } from '../loop/answer-apart';
import { notPossible } from '../not-possible';
import { refuseBadNote } from '../operator-note';
import { checkoutProblem } from '../../payin/checkout';
import {
  acknowledgeUpdate,
  adoptUpdate,
  type CheckoutAnswer,
  checkoutUpdate,
  factsQuery,
  handOverSignal,
  pollNowUpdate,
  resolveUpdate,
  resumeWatchingUpdate,
  stateQuery,
  stopWatchingUpdate,
  wakeSignal,
  webhookSignal,
} from './messages';
import { markHandedOver } from '../../payin/journal';
import type { OperatorNote } from '../../payin/operator-note';
import type { PayinState } from '../../payin/view';
import type { PayinRun } from './run';

/**
 * Sets the handlers of all messages. Call it before the first `await`, so that no message is missed. A handler changes
 * facts, or leaves a request, and no more: the loop does what follows from it.
 */
export function listen(run: PayinRun): void {
  setHandler(stateQuery, () => {
    if (!run.loaded) throw new Error('what is known of the pay-in is being loaded: ask again');
    return run.state();
  });
  setHandler(factsQuery, () => (run.loaded ? run.facts : null));
  setHandler(webhookSignal, (claim) => {
    run.receive(claim, Date.now());
    run.unshown = true;
  });
  setHandler(wakeSignal, (note) => {
    run.wake(note, Date.now());
    run.unshown = true;
  });
  setHandler(handOverSignal, (endpoint) => {
    run.whenLoaded(() => markHandedOver(run.facts, typeof endpoint === 'string' ? [endpoint] : []));
  });
  setHandler(checkoutUpdate, (digest) => whenReady(run, () => checkout(run, digest)), {
    validator: (digest) => refuseOtherContent(run, digest),
  });
  handleOperator(run, pollNowUpdate, operator.pollNow, answered);
  handleOperator(run, acknowledgeUpdate, operator.acknowledge);
  handleOperator(run, resolveUpdate, operator.resolve);
  handleOperator(run, adoptUpdate, operator.adopt);
  handleOperator(run, stopWatchingUpdate, operator.stopWatching);
  handleOperator(run, resumeWatchingUpdate, operator.resumeWatching);
}

/** Where query-order must show the amount first, the answer follows from a local activity: see `answerApart`. */
const whenReady = ({ facts }: PayinRun, answer: () => Promise<CheckoutAnswer>): Promise<CheckoutAnswer> =>
  facts.request?.terms?.unit === 'minor' ? answerApart(answer) : CancellationScope.nonCancellable(answer);

async function checkout(run: PayinRun, digest: string): Promise<CheckoutAnswer> {
  await condition(() => run.checkoutReady || run.continuing);
  // A resumed run may not have known its digest yet when the validator ran.
  refuseOtherContent(run, digest);
  if (!run.checkoutReady)
    throw ApplicationFailure.nonRetryable('the order is still being created: ask again', 'creating');
  const problem = checkoutProblem(run.state());
  if (problem) throw ApplicationFailure.nonRetryable(problem.message, problem.type, run.facts.refusal);
  return { ...run.view(), start_token: 'start_token' in run.input ? run.input.start_token : '' };
}

function refuseOtherContent({ facts }: PayinRun, digest: string): void {
  if (facts.digest !== undefined && digest !== facts.digest)
    throw ApplicationFailure.nonRetryable('this request_id is in use by a pay-in with other content', 'other_content');
}

/** Sets the handler of an operator's update. In a resumed run it waits until the facts are loaded. */
function handleOperator<Note extends OperatorNote>(
  run: PayinRun,
  update: UpdateDefinition<PayinState, [Note]>,
  { optional, refusal, act }: operator.OperatorAction<Note>,
  done?: (run: PayinRun) => Promise<void>,
): void {
  const refuse = (note: Note) => {
    const message = refusal(run.facts, note);
    if (message !== undefined) throw notPossible(message);
  };
  const handler = async (note: Note) => {
    if (!run.loaded) await condition(() => run.loaded || run.loadsSlowly);
    if (!run.loaded)
      throw ApplicationFailure.nonRetryable('what is known of the pay-in is still being loaded: try again', 'loading');
    await run.betweenSteps(() => {
      refuse(note);
      act(run.facts, note, Date.now());
    });
    await done?.(run);
    return run.state();
  };
  setHandler(update, (note) => answerApart(() => handler(note)), {
    validator(note) {
      refuseBadNote(note, optional);
      if (run.loaded) refuse(note);
    },
  });
}

/** Waits until Lesspay was asked once more, answered or not. While a create-order is under way, Lesspay is not asked. */
async function answered(run: PayinRun): Promise<void> {
  const before = run.asks;
  await condition(() => run.asks > before || run.creating || run.continuing || run.finished);
}
