import { RecordsUnavailableError } from '../../records/errors';
import { withTimeout } from '../../records/with-timeout';
import { Problem } from '../http/problems';

/**
 * Waits for the order records, but no longer than `timeoutMs`: a call that is late goes on, and its answer is dropped.
 * @throws Problem records_unavailable, with the cause, while the database can't be reached; any other error as it is
 */
export async function askRecords<T>(timeoutMs: number, asked: Promise<T>): Promise<T> {
  try {
    return await withTimeout(timeoutMs, asked);
  } catch (cause) {
    if (!(cause instanceof RecordsUnavailableError)) throw cause;
    throw new Problem('records_unavailable', 'The database is down. Send the same request again later.', { cause });
  }
}
