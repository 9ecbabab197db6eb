import type { RetryPolicy } from '@temporalio/common';

/** A local activity that fails is followed by an ordinary one. */
export const ONCE: RetryPolicy = { maximumAttempts: 1 };

/** Again and again, at most a minute apart: what fails is down, and comes back. */
export const UNTIL_IT_ANSWERS: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '1 minute',
};
