import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { z } from 'zod';
import { workflowId } from '../duties/payin';
import { paidSignal, startedUpdate, TASK_QUEUE } from '../floor/messages';
import type { floor } from '../floor/workflow';
import { now } from './loops';
import type { Plan } from './plan';

/** What a shop and its payer do for one pay-in. */
export interface Shop {
  /** Resolves when the checkout page is known. */
  start(request_id: string): Promise<void>;
  pay(request_id: string): Promise<void>;
  /**
   * Waits until the pay-in has ended.
   * @throws Error when its outcome is not SUCCEED
   */
  outcome(request_id: string): Promise<void>;
}

/** After this time a call counts as failed, and the round with it, ms. */
const LIMIT_MS = 60_000;

/**
 * @param client absent for the peers without Temporal: their own API says what came of a pay-in
 * @param more members of the body of POST /payins
 */
export function openShop(http: Plan['http'], client: Client | undefined, more: object = {}): Shop {
  if (http) return shopOverHttp(http, client, more);
  if (client) return shopOverTemporal(client);
  throw new Error('A pay-in can be started over HTTP or Temporal; the plan has neither.');
}

/** By POST /payins, and by the sandbox's control endpoint. */
function shopOverHttp(
  { api_url, sandbox_url, api_key }: NonNullable<Plan['http']>,
  client: Client | undefined,
  more: object,
): Shop {
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
        ...more,
      };
      // 202: the checkout page is not known yet, after 10 s. Sent again, the request waits for it, and is answered 200.
      const until = now() + LIMIT_MS;
      const headers = { authorization: `Bearer ${api_key}` };
      while ((await post(`${api_url}/payins`, body, [201, 200, 202], headers)) === 202)
        if (now() > until) throw new Error(`${request_id} has no checkout page after ${LIMIT_MS} ms.`);
    },
    async pay(request_id) {
      await post(`${sandbox_url}/control/orders/${request_id}/pay`, {}, [200]);
    },
    async outcome(request_id) {
      if (client) return ofWorkflow(client, request_id);
      const signal = AbortSignal.timeout(LIMIT_MS);
      const answer = await fetch(`${api_url}/payins/${request_id}/outcome`, { signal });
      checkOutcome(request_id, await answer.json());
    },
  };
}

/** Of the floor, which has no API and no Lesspay. */
function shopOverTemporal(client: Client): Shop {
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
    outcome: (request_id) => ofWorkflow(client, request_id),
  };
}

/** By one long poll. */
async function ofWorkflow(client: Client, request_id: string): Promise<void> {
  const handle = client.workflow.getHandle(workflowId(request_id));
  checkOutcome(request_id, await client.withAbortSignal(AbortSignal.timeout(LIMIT_MS), () => handle.result()));
}

function checkOutcome(request_id: string, outcome: unknown): void {
  const { status } = z.looseObject({ status: z.string() }).parse(outcome);
  if (status !== 'SUCCEED') throw new Error(`${request_id} ended as ${status}`);
}

/** @returns the status of the answer, one of those that are wanted */
async function post(
  url: string,
  body: object,
  wanted: readonly number[],
  headers: Record<string, string> = {},
): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const text = await answer.text();
  if (wanted.includes(answer.status)) return answer.status;
  throw new Error(`${url} answered ${answer.status}, not ${wanted.join(' or ')}: ${text}`);
}
