import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * Answers an update in a workflow task of its own. Where the end of a local activity stands one task earlier in the history
 * than it was handed out, and the later task is lost, a replay would answer the update in the earlier one. Temporal then
 * lacks the answer's message, and refuses every task of that run (docs/decisions/0012).
 */
export const answerApart = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
  CancellationScope.nonCancellable(async () => {
    try {
      return await work();
    } finally {
      await sleep(1, { summary: 'answer an update' });
    }
  });
