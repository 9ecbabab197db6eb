import { Agent, request } from 'node:http';

export const agent = new Agent({ keepAlive: true });

/** What Lesspay would say of a payment; `index` tells one from another. */
export const webhookBody = (request_id: string, index = 0) =>
  JSON.stringify({
    request_id,
    order_status: 'SUCCEED',
    target_amount: '100.00',
    target_currency: 'USDT',
    complete_time: 1_767_323_045_000 + index,
    api_version: 'v2',
  });

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** From the call to the last byte of its answer. */
  readonly ms: number;
}

/** POSTs one webhook to the API, over a kept-alive connection where there is one. */
export function deliver(apiUrl: string, body: string, signature: string): Promise<Answered> {
  const sent = performance.now();
  const headers = { 'content-type': 'application/json', 'x-auth-signature': signature };
  return new Promise((resolve, reject) => {
    const call = request(`${apiUrl}/webhooks/lesspay`, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - sent }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The middle one and the slowest but one in a hundred. */
export function spread(ms: readonly number[]): string {
  const sorted = [...ms].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)]?.toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
