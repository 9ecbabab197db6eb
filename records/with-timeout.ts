import { setTimeout as pause } from 'node:timers/promises';
import { RecordsUnavailableError } from './errors';

/**
 * Waits for a call to the order records, at most `timeoutMs`. A late call continues, and its result is ignored.
 * @throws RecordsUnavailableError when the call is late; or the call's own error
 */
export async function withTimeout<Answer>(timeoutMs: number, call: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController();
  const late = pause(timeoutMs, undefined, { ref: false, signal: answered.signal }).then(() => {
    throw new RecordsUnavailableError(undefined, new Error(`no answer within ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    // Handles the rejection of the timer that `abort` ends.
    late.catch(() => undefined);
    answered.abort();
  }
}
