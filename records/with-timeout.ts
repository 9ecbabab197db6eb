import { setTimeout as pause } from 'node:timers/promises';
import { RecordsUnavailableError } from './errors';

/**
 * Waits for the order records, but no longer than `timeoutMs`: a call that is late goes on, and its answer is dropped.
 * @throws RecordsUnavailableError when it is late; whatever the call throws, as it is
 */
export async function withTimeout<Answer>(timeoutMs: number, asked: Promise<Answer>): Promise<Answer> {
  const answered = new AbortController();
  const late = pause(timeoutMs, undefined, { ref: false, signal: answered.signal }).then(() => {
    throw new RecordsUnavailableError(undefined, new Error(`no answer within ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    // Nobody listens any more to the one that lost.
    late.catch(() => undefined);
    answered.abort();
  }
}
