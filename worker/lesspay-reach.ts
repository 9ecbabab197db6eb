import type { Logger } from 'pino';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError, type LesspayErrorKind } from '../lesspay/errors';

/** Lesspay itself did not answer, or it refused the call for a reason that concerns all callers. */
const OUT_OF_REACH: ReadonlySet<LesspayErrorKind> = new Set([
  'unreachable',
  'timeout',
  'connection_lost',
  'unavailable',
  'rate_limited',
  'misdirected',
]);
/** Calls that never reached Lesspay, and so say nothing about it. */
const NOT_SENT: ReadonlySet<LesspayErrorKind> = new Set(['invalid_request', 'aborted']);

/** So many failed calls in a row count as an outage; a single one does not. */
const IN_A_ROW = 3;
const SAY_AGAIN_MS = 60_000;

/**
 * Wraps a client so that it logs an outage of Lesspay: once for all pay-ins, again each minute while it lasts, and when Lesspay
 * answers again.
 * @param now the present time, epoch ms
 */
export function sayWhenOutOfReach(lesspay: LesspayClient, log: Pick<Logger, 'error' | 'info'>, now = Date.now) {
  let failed = 0;
  let since = 0;
  let said_at: number | undefined;

  const failedWith = ({ kind, message }: LesspayError) => {
    if (failed === 0) since = now();
    failed += 1;
    if (failed < IN_A_ROW || (said_at !== undefined && now() - said_at < SAY_AGAIN_MS)) return;
    said_at = now();
    const lesspay = { out_of_reach_since: new Date(since).toISOString(), calls_failed: failed, kind };
    log.error(
      { lesspay },
      `Lesspay is down: ${failed} calls in a row failed, and pay-ins wait. The last one: ${message}`,
    );
  };
  const answered = () => {
    if (said_at !== undefined)
      log.info({ lesspay: { was_out_of_reach_s: Math.round((now() - since) / 1_000) } }, 'Lesspay answers again');
    failed = 0;
    said_at = undefined;
  };
  const watched = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await call;
      answered();
      return answer;
    } catch (error) {
      if (!(error instanceof LesspayError)) throw error;
      if (OUT_OF_REACH.has(error.kind)) failedWith(error);
      else if (!NOT_SENT.has(error.kind)) answered();
      throw error;
    }
  };
  return {
    createOrder: (...args) => watched(lesspay.createOrder(...args)),
    queryOrder: (...args) => watched(lesspay.queryOrder(...args)),
    listOrders: (...args) => watched(lesspay.listOrders(...args)),
    check: (...args) => watched(lesspay.check(...args)),
  } satisfies LesspayClient;
}
