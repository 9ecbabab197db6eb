import { RecordsUnavailableError } from '../../records/errors';
import { withTimeout } from '../../records/with-timeout';
import { Problem } from '../http/problems';

/**
 * Waits for an answer of the order records, at most `timeoutMs`. A call that takes longer goes on, and its answer is ignored.
 * @throws Problem records_unavailable while the database can't be reached; any other error unchanged
 */
export async function askRecords<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  try {
    return await withTimeout(timeoutMs, answer);
  } catch (cause) {
    if (!(cause instanceof RecordsUnavailableError)) throw cause;
    throw new Problem('records_unavailable', 'The database does not answer. Send the same request again later.', {
      cause,
    });
  }
}
