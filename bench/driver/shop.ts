import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { z } from 'zod';
import { paidSignal, startedUpdate, TASK_QUEUE, workflowId } from '../floor/messages';
import type { floor } from '../floor/workflow';
import type { Plan } from './plan';

/** What a shop and its payer do for one pay-in. */
export interface Shop {
  /** Resolves when the checkout page is known. */
  start(request_id: string): Promise<void>;
  pay(request_id: string): Promise<void>;
}

/** After this time a call counts as failed, and the round with it, ms. */
const LIMIT_MS = 60_000;

/** By POST /payins, and by the sandbox's control endpoint. */
export function shopOverHttp({ api_url, sandbox_url, api_key }: NonNullable<Plan['http']>): Shop {
  return {
    async start(request_id) {
      const body = {
        request_id,
        amount: '100.00',
        currency: 'USDT',
        product_name: 'Tea',
        description: 'One pot of green tea',
        success_url: 'https://shop.example/success',
        fail_url: 'https://shop.example/fail',
      };
      await post(`${api_url}/payins`, body, 201, { authorization: `Bearer ${api_key}` });
    },
    pay: (request_id) => post(`${sandbox_url}/control/orders/${request_id}/pay`, {}, 200),
  };
}

/** Of the floor, which has no API and no Lesspay. */
export function shopOverTemporal(client: Client): Shop {
  return {
    async start(request_id) {
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof floor>('floor', {
        workflowId: workflowId(request_id),
        taskQueue: TASK_QUEUE,
        workflowIdConflictPolicy: 'FAIL',
      });
      await client.workflow.executeUpdateWithStart(startedUpdate, { startWorkflowOperation });
    },
    pay: (request_id) => client.workflow.getHandle(workflowId(request_id)).signal(paidSignal),
  };
}

/**
 * Waits until the run of a pay-in has ended.
 * @throws Error when its outcome is not SUCCEED
 */
export async function outcome(client: Client, request_id: string): Promise<void> {
  const handle = client.workflow.getHandle(`payin-${request_id}`);
  const ended: unknown = await client.withAbortSignal(AbortSignal.timeout(LIMIT_MS), () => handle.result());
  const { status } = z.looseObject({ status: z.string() }).parse(ended);
  if (status !== 'SUCCEED') throw new Error(`${request_id} ended as ${status}`);
}

async function post(url: string, body: object, wanted: number, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await answer.text();
  if (answer.status !== wanted) throw new Error(`${url} answered ${answer.status}, not ${wanted}: ${text}`);
}
