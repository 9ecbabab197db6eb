import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { TASK_QUEUE, SEARCH_ATTRIBUTES } from '../temporal.config';
import { PAYIN_WORKFLOW, payinSummary, payinWorkflowId, type PayinInput } from '../workflows/payin/messages';
import type { payin } from '../workflows/payin';
import { DEFAULT_POLL_SCHEDULE, type PollSchedule } from '../payin/poll-schedule';
import { amountForFilters } from '../workflows/search-attributes';
import { orderTerms } from '../lesspay/order-terms';
import { payinRequest, type CheckedRequest, type PayinRequestInput } from './payin-request';
import { requestDigest } from './request-digest';
import type { SealingKeys } from './sealed';
import { storedMethod } from './stored-method';

export interface CheckoutWithStart {
  readonly startWorkflowOperation: WithStartWorkflowOperation<typeof payin>;
  readonly updateId: string;
  readonly args: [digest: string];
  /** This call started the pay-in if the answer has this `start_token`. */
  readonly start_token: string;
}

/**
 * The arguments of an idempotent start: `client.workflow.executeUpdateWithStart(checkoutUpdate, ...)`. Use each object for one
 * call only. The same content under the same `request_id` gets the same pay-in; other content is refused. For that the digest
 * is in the update's id: Temporal answers an id that was used before with the first answer, without asking the validator.
 * @param poll_schedule when to poll Lesspay; this pay-in keeps it to its end
 * @param keys `CARD_SECRET_KEYS`; needed for the method `card_token` alone
 * @throws ZodError that names every wrong field
 */
export function checkoutWithStart(
  request: PayinRequestInput,
  poll_schedule: PollSchedule = DEFAULT_POLL_SCHEDULE,
  keys: SealingKeys = [],
): CheckoutWithStart {
  const checked = payinRequest.parse(request);
  return startOf(checked, requestDigest(checked), poll_schedule, keys);
}

/**
 * The same for a request that was checked, with its digest.
 * @param opened the token of the stored card that the method names
 */
export function startOf(
  { method: stated, ...checked }: CheckedRequest,
  digest: string,
  poll_schedule: PollSchedule,
  keys: SealingKeys,
  opened?: string,
): CheckoutWithStart {
  const amount = amountForFilters(checked.amount);
  const method = storedMethod(stated, checked.request_id, keys, opened);
  const terms = orderTerms(stated, checked.currency);
  const input: PayinInput = {
    request: { ...checked, ...(method ? { method } : {}), terms },
    digest,
    start_token: randomUUID(),
    poll_schedule,
  };
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof payin>(PAYIN_WORKFLOW, {
    workflowId: payinWorkflowId(checked.request_id),
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    // So that other content is recognised also while no worker answers.
    memo: { digest },
    staticSummary: payinSummary(checked),
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.payinStatus, value: 'CREATING' },
      { key: SEARCH_ATTRIBUTES.payinRequestId, value: checked.request_id },
      { key: SEARCH_ATTRIBUTES.payinCurrency, value: checked.currency },
      ...(amount === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.payinAmount, value: amount }]),
      { key: SEARCH_ATTRIBUTES.needsAttention, value: false },
    ],
  });
  return { startWorkflowOperation, updateId: `checkout-${digest}`, args: [digest], start_token: input.start_token };
}
