import { condition } from '@temporalio/workflow';

/** More than any chain of conditions here in which one, coming true, makes the next come true. */
const ROUNDS = 5;

/**
 * Waits until all else that this activation brought has come to rest. To be awaited after every local activity, before
 * anything follows from it.
 *
 * Temporal hands the end of a local activity out alone the first time, and in a replay together with the signals, updates
 * and ends of ordinary activities that came while it was under way. Whoever has the fewest promises to pass then goes
 * first, and commands come in another order than history has them. In each round here, all promises that can go on do so;
 * so what came meanwhile has always been dealt with before the local activity's end is (docs/decisions/0012).
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
