import type { Response } from 'express';
import type { RecordedPayin } from '../../client/start-payin';
import type { Records } from '../../records/payin-records';
import { payinState } from '../../payin/view';
import { recordOf, whyNot } from './find-payin';

/** A payer waits: a database that is slow or down must not keep a pay-in from starting. */
const TIMEOUT_MS = 500;

/** What the order records know of a pay-in that is about to be started; nothing, and so in the log, where they are down. */
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
