import type { Logger } from 'pino';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';

/**
 * Writes to the log whether Lesspay accepts our requests, and whether our clock agrees with Lesspay's; a warning if not. The
 * worker does not wait for this check, since pay-ins wait for Lesspay by themselves.
 * @param stop aborts the check
 */
export async function checkLesspay(lesspay: Pick<LesspayClient, 'check'>, logger: Logger, stop: AbortSignal) {
  try {
    const clock = await lesspay.check({ signal: stop });
    if (clock === undefined) logger.info('Lesspay accepts our requests');
    else logger.warn(`Lesspay accepts our requests. ${clock}`);
  } catch (error) {
    if (stop.aborted) return;
    const { kind, message } = error instanceof LesspayError ? error : { kind: undefined, message: String(error) };
    logger.warn({ kind }, `Lesspay does not accept our requests now: ${message}`);
  }
}
