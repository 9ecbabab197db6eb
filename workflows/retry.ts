import type { RetryPolicy } from '@temporalio/common';

/** For local activities, which an ordinary one follows when they fail, and for create-order. */
export const ONCE: RetryPolicy = { maximumAttempts: 1 };

/** For what fails only while something is down: again and again, at most a minute apart. */
export const UNTIL_IT_ANSWERS: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
};
