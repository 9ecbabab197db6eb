import { NamespaceNotFoundError } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { GRPC, grpcCode } from '../../client/grpc-code';
import { PayinUnreadableError } from '../../client/payin-unreadable';
import { Problem } from '../http/problems';

/**
 * Runs calls to Temporal under one deadline, `timeoutMs` from now. It waits for them to settle, which Temporal's
 * client, asleep between two tries, may do a few seconds later: to close a connection under a sleeping try crashes
 * the process. What was sent may have taken effect although the answer is late.
 * @throws Problem temporal_unavailable where Temporal does not answer, temporal_refused where it says no,
 * payin_unreadable where a run does not answer, each with the cause; a Problem of `ask`'s own, or what is no
 * answer of Temporal's, as it is
 */
export async function askTemporal<T>(client: Client, timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, ask);
  } catch (cause) {
    throw problemOf(cause);
  }
}

const AGAIN = 'Nothing is lost. Send the same request again later.';

/** Codes that the client gives by itself, or a proxy in between. */
const OUT_OF_REACH: ReadonlySet<number> = new Set([
  GRPC.CANCELLED,
  GRPC.UNKNOWN,
  GRPC.DEADLINE_EXCEEDED,
  GRPC.UNAVAILABLE,
]);

function problemOf(cause: unknown): unknown {
  if (cause instanceof PayinUnreadableError)
    return new Problem('payin_unreadable', `${cause.detail} ${AGAIN}`, { members: { reason: cause.reason }, cause });
  const code = grpcCode(cause);
  if (code === undefined && !(cause instanceof NamespaceNotFoundError)) return cause;
  if (code !== undefined && OUT_OF_REACH.has(code)) return new Problem('temporal_unavailable', AGAIN, { cause });
  return new Problem('temporal_refused', `${AGAIN} The cause is in our log under this instance.`, { cause });
}
