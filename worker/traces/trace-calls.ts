import type { LesspayClient } from '../../lesspay/client';
import type { Traces } from '../../traces/traces';

/** Wraps a client so that each call to Lesspay is a span. Lesspay is sent nothing of it. */
export function traceCalls(lesspay: LesspayClient, traces: Traces): LesspayClient {
  if (!traces.on) return lesspay;
  const traced = <Answer>(call: string, work: () => Promise<Answer>): Promise<Answer> =>
    traces.span(`Lesspay ${call}`, { kind: 'client' }, work);
  return {
    createOrder: (...args) => traced('create-order', () => lesspay.createOrder(...args)),
    queryOrder: (...args) => traced('query-order', () => lesspay.queryOrder(...args)),
    listOrders: (...args) => traced('query-order list', () => lesspay.listOrders(...args)),
    check: (...args) => traced('query-order check', () => lesspay.check(...args)),
  };
}
