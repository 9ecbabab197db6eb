import { workflowInfo } from '@temporalio/workflow';

/** Far more turns than any loop here makes without a new event in the history. */
const MOST_TURNS = 1_000;

/**
 * Makes a function to call at every turn of a loop. A loop that never waits would block its worker's thread, and every
 * other pay-in with it. The function throws an Error instead: only this run's task fails, and Temporal repeats it at
 * growing intervals.
 */
export function loopGuard(): () => void {
  let seen = 0;
  let turns = 0;
  return () => {
    const { historyLength } = workflowInfo();
    turns = historyLength === seen ? turns + 1 : 0;
    seen = historyLength;
    if (turns > MOST_TURNS) throw new Error('a loop of this workflow turns without waiting for anything');
  };
}
