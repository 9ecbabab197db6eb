import { condition } from '@temporalio/workflow';

/** More than the longest chain here of conditions that make each other true. */
const ROUNDS = 5;

/**
 * Waits until everything else that this activation brought has been handled. Await it after a local activity, before
 * its result is used.
 *
 * At first the workflow gets the result of a local activity alone. In a replay it gets the result together with the
 * signals, updates and results of ordinary activities that came while the local activity ran. Then the code with the
 * shortest chain of promises runs first, and commands may come in another order than in the history. Each round here lets
 * every promise go on that can. So those messages are always handled before the local activity's result
 * (docs/decisions/0012).
 */
export async function atRest(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    let wasAsked = false;
    await condition(() => {
      const before = wasAsked;
      wasAsked = true;
      return before;
    });
  }
}
