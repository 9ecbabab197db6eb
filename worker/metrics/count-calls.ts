import type { LesspayClient } from '../../lesspay/client';
import { LesspayError } from '../../lesspay/errors';
import type { LesspayEndpoint, Metrics } from './metrics';

/** Wraps a client so that it counts and times each call. */
export function countCalls(lesspay: LesspayClient, { calls, callDuration }: Metrics): LesspayClient {
  const counted = async <Answer>(endpoint: LesspayEndpoint, call: Promise<Answer>): Promise<Answer> => {
    const start = performance.now();
    let result = 'ok';
    try {
      return await call;
    } catch (error) {
      result = error instanceof LesspayError ? error.kind : 'failed';
      throw error;
    } finally {
      calls.add(1, { endpoint, result });
      callDuration.record((performance.now() - start) / 1_000, { endpoint });
    }
  };
  return {
    createOrder: (...args) => counted('create', lesspay.createOrder(...args)),
    queryOrder: (...args) => counted('query', lesspay.queryOrder(...args)),
    listOrders: (...args) => counted('list', lesspay.listOrders(...args)),
    check: (...args) => counted('check', lesspay.check(...args)),
  };
}
