import { setTimeout as pause } from 'node:timers/promises';
import { OrdersUnavailableError } from '../orders/errors';
import { Problem } from './problems';

/**
 * Waits for the order records, but no longer than `timeoutMs`: a call that is late goes on, and its answer is dropped.
 * @throws Problem orders_unavailable, with the cause, while the database can't be reached; any other error as it is
 */
export async function askOrders<T>(timeoutMs: number, asked: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = pause(timeoutMs, undefined, { ref: false, signal: answered.signal }).then(() => {
    throw new OrdersUnavailableError('DATABASE_URL', new Error(`no answer within ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([asked, late]);
  } catch (cause) {
    if (!(cause instanceof OrdersUnavailableError)) throw cause;
    throw new Problem('orders_unavailable', 'The database is down. Send the same request again later.', { cause });
  } finally {
    // Nobody listens any more to the one that lost.
    late.catch(() => undefined);
    answered.abort();
  }
}
