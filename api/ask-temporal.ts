import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Problem } from './problems';

/**
 * Runs calls to Temporal for at most `timeoutMs` in all. Temporal's client tries again by itself and sleeps past its
 * deadline between attempts, so the caller's wait is cut off here too; what was sent may still take effect.
 * @throws Problem temporal_unavailable, with the cause, when it fails in any way
 */
export async function askTemporal<T>(client: Client, timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  const answered = new AbortController();
  const tooLate = wait(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`Temporal gave no answer within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([client.withDeadline(Date.now() + timeoutMs, ask), tooLate]);
  } catch (cause) {
    throw new Problem('temporal_unavailable', 'Nothing is lost. Send the same request again later.', { cause });
  } finally {
    answered.abort();
  }
}
