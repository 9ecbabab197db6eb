import { workflowInfo } from '@temporalio/workflow';

/** Far more than any loop here turns while its history stays as it is. */
const MOST_TURNS = 1_000;

/**
 * To be called at every turn of a loop. A loop that turns without ever waiting would block its worker's thread, and with
 * it every other pay-in: this fails the task of the one run instead, which Temporal repeats ever more slowly.
 * @throws Error
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
