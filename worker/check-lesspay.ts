import type { Logger } from 'pino';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';

/**
 * Says in the log whether Lesspay takes our requests, and whether our clock agrees with its: a warning where not. Nothing
 * waits for it, and nothing is kept from starting: pay-ins wait for Lesspay by themselves.
 * @param stop ends it early
 */
export async function checkLesspay(lesspay: Pick<LesspayClient, 'check'>, logger: Logger, stop: AbortSignal) {
  try {
    const clock = await lesspay.check({ signal: stop });
    if (clock === undefined) logger.info('Lesspay takes our requests');
    else logger.warn(`Lesspay takes our requests. ${clock}`);
  } catch (error) {
    if (stop.aborted) return;
    const { kind, message } = error instanceof LesspayError ? error : { kind: undefined, message: String(error) };
    logger.warn({ kind }, `Lesspay does not take our requests now: ${message}`);
  }
}
