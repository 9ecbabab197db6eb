import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DEV_API_KEY } from '../../settings';

/** What a merchant's backend and its payer do, over HTTP alone, whatever dies meanwhile. */

const payinAnswer = z.object({
  request_id: z.string().optional(),
  pay_order_id: z.string().optional(),
  status: z.union([z.string(), z.number()]).optional(),
  code: z.string().optional(),
  alerts: z.array(z.object({ code: z.string(), message: z.string() })).default([]),
});

export interface Answered extends z.output<typeof payinAnswer> {
  readonly http_status: number;
}

/** How long a caller goes on asking, and a payer paying, ms. */
const PATIENCE_MS = 150_000;
const AGAIN_MS = 1_000;

/** Starts it: the same POST again and again, until it is answered for good. Undefined when it never is. */
export function startPayin(apiUrl: string, request_id: string, amount = '100.00'): Promise<Answered | undefined> {
  const body = JSON.stringify({
    request_id,
    amount,
    currency: 'USDT',
    product_name: 'Tea',
    description: 'One pot of green tea',
    success_url: 'https://shop.example/success',
    fail_url: 'https://shop.example/fail',
  });
  return untilAnswered(() => call(`${apiUrl}/payins`, { method: 'POST', body }));
}

/** GET /payins/{request_id}, until it is answered. */
export const lookAtPayin = (apiUrl: string, request_id: string): Promise<Answered | undefined> =>
  untilAnswered(() => call(`${apiUrl}/payins/${request_id}`, {}));

/** The payer presses *Pay*; one who pressed twice has paid once (409). */
export const pay = (sandboxUrl: string, request_id: string): Promise<Answered | undefined> =>
  untilAnswered(() => tell(sandboxUrl, `orders/${request_id}/pay`, {}));

/** Tells the sandbox to do something, e.g. `orders/4711/pay`. */
export const tell = (sandboxUrl: string, what: string, how: object): Promise<Answered> =>
  call(`${sandboxUrl}/control/${what}`, { method: 'POST', body: JSON.stringify(how) });

/** 202 and 5xx mean: ask again. */
async function untilAnswered(ask: () => Promise<Answered>): Promise<Answered | undefined> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(AGAIN_MS)) {
    const answered = await ask().catch(() => undefined);
    if (answered && answered.http_status !== 202 && answered.http_status < 500) return answered;
  }
  return undefined;
}

async function call(url: string, init: RequestInit): Promise<Answered> {
  const headers = { authorization: `Bearer ${DEV_API_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(20_000) });
  return { ...payinAnswer.parse(await answer.json()), http_status: answer.status };
}

const orders = z.array(
  z.object({
    request_id: z.string(),
    pay_order_id: z.string(),
    status: z.string(),
    /** Those that nobody has acknowledged yet. */
    webhooks: z.array(z.object({ attempts: z.int() })),
  }),
);
export type Order = z.output<typeof orders>[number];
const calls = z.object({ webhooks_sent: z.int() });

/** Every order there is at the sandbox. */
export const ordersAt = async (sandboxUrl: string): Promise<Order[]> =>
  orders.parse(await (await fetch(`${sandboxUrl}/control/orders`)).json());

/** Since the sandbox started. */
export const webhooksSent = async (sandboxUrl: string): Promise<number> =>
  calls.parse(await (await fetch(`${sandboxUrl}/control/calls`)).json()).webhooks_sent;
