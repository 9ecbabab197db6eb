import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * Answers an update in a workflow task of its own, one timer after its work. Otherwise this could happen: the history has
 * the result of a local activity one task before the task in which the workflow got it; the later task is lost; and a
 * replay answers the update in the earlier task. Temporal has no message for that answer there, and refuses every further
 * task of the run (docs/decisions/0012).
 */
export const answerApart = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
  CancellationScope.nonCancellable(async () => {
    try {
      return await work();
    } finally {
      await sleep(1, { summary: 'answer an update' });
    }
  });
