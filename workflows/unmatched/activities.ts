import { proxyActivities } from '@temporalio/workflow';
import { UNTIL_IT_ANSWERS } from '../retry';
import type { Claimant } from './messages';
import type { WebhookClaim } from '../../payin/webhook-claim';

/** What an order of no known pay-in asks of the world, and how long it waits. `activities/` implements it. */

export interface ClaimantQuestion {
  readonly pay_order_id: string;
  /** Around which instants Lesspay is asked for the order, one query each; epoch ms. */
  readonly around: readonly number[];
}

/** What an order that nobody knows asks of Temporal, the records and Lesspay. Each may be repeated. */
export interface UnmatchedActivities {
  /** Fails while one of those that might know can't be asked, and the others don't know. */
  readonly findClaimant: (question: ClaimantQuestion) => Promise<Claimant>;
  /** One after the other; the pay-in knows those that it has had. */
  readonly handOverWebhooks: (handOver: {
    readonly request_id: string;
    readonly webhooks: readonly WebhookClaim[];
  }) => Promise<void>;
}

/** While Lesspay or the database is down it is asked for again; nobody is called for that. */
export const { findClaimant, handOverWebhooks } = proxyActivities<UnmatchedActivities>({
  startToCloseTimeout: '5 minutes',
  scheduleToCloseTimeout: '24 hours',
  retry: UNTIL_IT_ANSWERS,
});
