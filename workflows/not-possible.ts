import { ApplicationFailure } from '@temporalio/workflow';

/** Refuses what an operator's update asks for. */
export const notPossible = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'not_possible');
