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
/** For the other calls: to describe the run, and to read the result of an ended one. */
const EXTRA_MS = 5_000;

/**
 * `GET /payins/{request_id}`. Reads the order record first. The record is the answer if it holds an outcome, was erased, or
 * is up to date by what Temporal shows. Otherwise the workflow is asked, since a record is out of date while the database
 * can't be written. Where the workflow does not answer, the record is the answer.
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
    const payin = record && isFinal(record) ? record : await current(client, request_id, record, res);
    if (!payin) throw noSuchPayin();
    send(res, foundAnswer(payin));
  };
}

/** An outcome; or an erased record, since Temporal may still hold the data that was erased. */
const isFinal = ({ status, erased_at }: PayinRecord): boolean => isOutcome(status) || erased_at !== undefined;

/** @throws Problem payin_unreadable, temporal_unavailable or temporal_refused, if there is no record */
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

/** @throws Problem records_unavailable; any other error of the records unchanged */
export const recordOf = (records: Records, request_id: string, timeoutMs: number): Promise<PayinRecord | undefined> =>
  askRecords(timeoutMs, records.find(request_id));

/** Why a call failed, for the log of a request that goes on without its answer. */
export function whyNot(error: unknown): string {
  const { cause = error } = error instanceof Problem ? error : {};
  return cause instanceof Error ? cause.message : String(cause);
}

/** @throws Problem not_found where the text can't be a request_id, so that neither the records nor Temporal are asked */
export function requestIdFrom({ request_id }: { readonly request_id: string }): string {
  if (!payinRequest.shape.request_id.safeParse(request_id).success) throw noSuchPayin();
  return request_id;
}

export const noSuchPayin = () =>
  new Problem('not_found', 'No pay-in has this request_id. Check the request_id, or start a pay-in with POST /payins.');
