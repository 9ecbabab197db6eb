import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
} from '@temporalio/workflow';
import type { LesspayActivities, LesspayFailure } from '../../activities/lesspay';
import { quickThenDurable } from '../loop/quick-then-durable';

/** How a pay-in calls Lesspay, and what a failed call says. */

/** Lesspay gets 30 s to answer, since a late answer holds the only checkout page; the rest is for the way. */
const CREATE_TIMEOUT = '35 seconds';

/**
 * One create-order a call, never retried by Temporal (`first-execution.ts`): what comes next is the workflow's to decide
 * (docs/design.md, rule 3).
 */
export const createOrder = proxyActivities<LesspayActivities>({
  startToCloseTimeout: CREATE_TIMEOUT,
  retry: { maximumAttempts: 1 },
}).createOrder;

export const queryOrder = quickThenDurable(
  proxyLocalActivities<LesspayActivities>({
    startToCloseTimeout: '3 seconds',
    retry: { maximumAttempts: 1 },
  }).queryOrder,
  proxyActivities<LesspayActivities>({
    startToCloseTimeout: '15 seconds',
    scheduleToCloseTimeout: '24 hours',
    // Given up where it is asked anew: whether the last try of then still ends does not matter.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  }).queryOrder,
);

/**
 * What a failed call says of its request. A crashed worker, a time-out or a fault of our own says nothing: then it may
 * have taken effect.
 * @throws what is not an activity's failure
 */
export function lesspayFailure(error: unknown): LesspayFailure {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  const told = failure instanceof ApplicationFailure ? failure.details?.[0] : undefined;
  if (isLesspayFailure(told)) return told;
  if (failure instanceof TemporalFailure)
    return { kind: 'timeout', effect: 'may_have', message: failure.message || 'the call to Lesspay did not finish' };
  throw error;
}

const isLesspayFailure = (value: unknown): value is LesspayFailure =>
  typeof value === 'object' && value !== null && 'kind' in value && 'effect' in value;
