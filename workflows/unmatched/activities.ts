import { proxyActivities } from '@temporalio/workflow';
import { UNTIL_IT_ANSWERS } from '../retry';
import type { Claimant } from './messages';
import type { WebhookClaim } from '../../payin/webhook-claim';

/** The activities for an order of no known pay-in, with their time limits. `activities/` implements them. */

export interface ClaimantQuestion {
  readonly pay_order_id: string;
  /** The instants around which Lesspay is asked for the order, one query each; epoch ms. */
  readonly around: readonly number[];
}

/** Each may be repeated. */
export interface UnmatchedActivities {
  /** Asks Temporal, the records and Lesspay. Fails if one of them can't be asked, and the others don't know the order. */
  readonly findClaimant: (question: ClaimantQuestion) => Promise<Claimant>;
  /** Sends them to the pay-in one after the other. The pay-in ignores those that it has received before. */
  readonly handOverWebhooks: (handOver: {
    readonly request_id: string;
    readonly webhooks: readonly WebhookClaim[];
  }) => Promise<void>;
}

/** Retried while Lesspay or the database is down; that alone needs no person. */
export const { findClaimant, handOverWebhooks } = proxyActivities<UnmatchedActivities>({
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '24 hours',
  retry: UNTIL_IT_ANSWERS,
});
