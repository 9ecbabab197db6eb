import type { Client } from '@temporalio/client';
import type { RequestHandler, Response } from 'express';
import { asShown } from '../../client/last-run';
import { payinRequest } from '../../client/payin-request';
import { PayinUnreadableError } from '../../client/payin-unreadable';
import { readPayin } from '../../client/read-payin';
import type { Records } from '../../records/payin-records';
import type { PayinRecord } from '../../records/payin-record';
import { payinState, type PayinView } from '../../payin/view';
import { isOutcome } from '../../payin/state';
import { askRecords } from './ask-records';
import { askTemporal } from './ask-temporal';
import { foundAnswer, send } from './payin-answer';
import { Problem } from '../http/problems';

const RECORD_TIMEOUT_MS = 1_000;
const QUERY_TIMEOUT_MS = 2_000;
/** For the calls around that wait: looking at the run, reading an ended one's result. */
const EXTRA_MS = 5_000;

/**
 * `GET /payins/{request_id}`: an outcome from the order records; before that from them too, where Temporal shows that
 * they are as new as the workflow; else from the workflow, since a database that can't be written leaves its records
 * behind for as long; from the record again where the workflow can't be asked.
 */
export function findPayin(client: Client, records: Records): RequestHandler<{ request_id: string }> {
  return async (req, res) => {
    const request_id = requestIdFrom(req.params);
    let record: PayinRecord | undefined;
    try {
      record = await recordOf(records, request_id, RECORD_TIMEOUT_MS);
    } catch (error) {
      res.locals['records'] = whyNot(error);
    }
    const payin = record && isLastWord(record) ? record : await current(client, request_id, record, res);
    if (!payin) throw noSuchPayin();
    send(res, foundAnswer(payin));
  };
}

/** What was erased is to be shown nowhere, although Temporal may have it still. */
const isLastWord = ({ status, erased_at }: PayinRecord): boolean => isOutcome(status) || erased_at !== undefined;

/** @throws Problem payin_unreadable, temporal_unavailable, temporal_refused, where there is no record either */
async function current(
  client: Client,
  request_id: string,
  record: PayinRecord | undefined,
  { locals }: Response,
): Promise<PayinView | undefined> {
  const recorded = record && payinState(record.facts, record.workflow_id);
  try {
    const payin = await askTemporal(client, QUERY_TIMEOUT_MS + EXTRA_MS, () =>
      readPayin(client, request_id, { timeoutMs: QUERY_TIMEOUT_MS, recorded }),
    );
    return payin ?? record;
  } catch (error) {
    if (!record) throw error;
    locals['workflow'] = whyNot(error);
    return asShown<PayinView>(record, error instanceof Problem ? shownIn(error.cause) : undefined);
  }
}

const shownIn = (cause: unknown) => (cause instanceof PayinUnreadableError ? cause.shown : undefined);

/** @throws Problem records_unavailable, or what the records refuse */
export const recordOf = (records: Records, request_id: string, timeoutMs: number): Promise<PayinRecord | undefined> =>
  askRecords(timeoutMs, records.find(request_id));

/** For the log, where the request goes on without the one that was asked. */
export function whyNot(error: unknown): string {
  const { cause = error } = error instanceof Problem ? error : {};
  return cause instanceof Error ? cause.message : String(cause);
}

/** @throws Problem not_found for what can't be one: nobody has to be asked */
export function requestIdFrom({ request_id }: { readonly request_id: string }): string {
  if (!payinRequest.shape.request_id.safeParse(request_id).success) throw noSuchPayin();
  return request_id;
}

export const noSuchPayin = () =>
  new Problem('not_found', 'No pay-in has this request_id. Check it, or start one with POST /payins.');
