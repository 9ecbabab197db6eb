import type { Response } from 'express';
import type { RecordedPayin } from '../../client/start-payin';
import type { Records } from '../../records/payin-records';
import { payinState } from '../../payin/view';
import { recordOf, whyNot } from './find-payin';

/** Short, since a payer waits. A slow database must not delay the start of a pay-in. */
const TIMEOUT_MS = 500;

/**
 * The recorded state of a pay-in that is about to be started.
 * @returns undefined where there is no record, or the database does not answer; the log then says why
 */
export async function recordedPayin(records: Records, request_id: string, { locals }: Response) {
  try {
    const record = await recordOf(records, request_id, TIMEOUT_MS);
    if (!record) return undefined;
    const { digest, facts, workflow_id } = record;
    const recorded: RecordedPayin = {
      ...(digest === undefined ? {} : { digest }),
      state: payinState(facts, workflow_id),
    };
    return recorded;
  } catch (error) {
    locals['records'] = whyNot(error);
    return undefined;
  }
}
