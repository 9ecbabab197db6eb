import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../temporal.config';
import { PAYIN_WORKFLOW, payinWorkflowId } from '../../workflows/payin/messages';

export interface RunningPayin {
  readonly request_id: string;
  readonly pay_order_id: string;
}

/** A pay-in that runs, on a task queue without workers: it takes signals and does nothing. */
export async function runPayin(client: Client, request_id?: string): Promise<RunningPayin> {
  const id = randomUUID().slice(0, 8);
  const payin = { request_id: request_id ?? `w-${id}`, pay_order_id: `P${id}` };
  await client.workflow.start(PAYIN_WORKFLOW, {
    workflowId: payinWorkflowId(payin.request_id),
    taskQueue: 'no-worker-listens',
    typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.payOrderId, value: payin.pay_order_id }],
  });
  return payin;
}

/** The webhook claims that Temporal has of a pay-in, or of an order of no known pay-in, from its history. */
export async function claimsOf(
  client: Client,
  request_id: string,
  workflowId = payinWorkflowId(request_id),
): Promise<unknown[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    (signal?.input?.payloads ?? []).map(({ data }): unknown => JSON.parse(Buffer.from(data ?? []).toString())),
  );
}
