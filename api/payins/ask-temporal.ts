import { NamespaceNotFoundError } from '@temporalio/common';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { GRPC, grpcCode } from '../../client/grpc-code';
import { PayinUnreadableError } from '../../client/payin-unreadable';
import { Problem } from '../http/problems';

/**
 * Runs calls to Temporal with one deadline, `timeoutMs` from now. It waits until all of them have settled. That may be a few
 * seconds after the deadline, since Temporal's client first waits for its next attempt; the process would crash if the
 * connection were closed before that attempt. A call that failed by the deadline may have taken effect.
 * @throws Problem temporal_unavailable where Temporal does not answer, temporal_refused where it answers with an error,
 * payin_unreadable where a workflow does not answer. An error that is not Temporal's is thrown unchanged.
 */
export async function askTemporal<T>(client: Client, timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, ask);
  } catch (cause) {
    throw problemOf(cause);
  }
}

const AGAIN = 'Nothing is lost. Send the same request again later.';

/** Codes that the client itself, or a proxy, gives where Temporal does not answer. */
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
  if (code === undefined && !isAnswer(cause)) return cause;
  if (code !== undefined && OUT_OF_REACH.has(code))
    return new Problem('temporal_unavailable', `Temporal does not answer. ${AGAIN}`, { cause });
  return new Problem(
    'temporal_refused',
    `Temporal refused the call. ${AGAIN} The API's log has the cause under "instance".`,
    { cause },
  );
}

/** Errors that Temporal's client makes of some answers, without their gRPC code. */
const isAnswer = (cause: unknown): boolean =>
  cause instanceof NamespaceNotFoundError || cause instanceof WorkflowExecutionAlreadyStartedError;
