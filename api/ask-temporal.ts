import type { Client } from '@temporalio/client';
import { Problem } from './problems';

/**
 * Runs calls to Temporal under one deadline, `timeoutMs` from now. It waits for them to settle, which Temporal's
 * client, asleep between two tries, may do a few seconds later: to close a connection under a sleeping try crashes
 * the process. What was sent may have taken effect although the answer is late.
 * @throws Problem temporal_unavailable, with the cause, when it fails in any way; a Problem of `ask`'s own as it is
 */
export async function askTemporal<T>(client: Client, timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, ask);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('temporal_unavailable', 'Nothing is lost. Send the same request again later.', { cause });
  }
}
