import type { RequestHandler } from 'express';
import { InvalidCursorError } from '../../records/errors';
import type { Records } from '../../records/payin-records';
import { askRecords } from './ask-records';
import { invalidRequest } from '../http/invalid-request';
import { nextLink } from './next-link';
import { payinQuery } from './page-queries';
import { publicView } from '../../payin/view';
import { queryOf } from './query-parameters';

const TIMEOUT_MS = 5_000;

/** `GET /payins`: a page of the order records, the newest pay-in first. */
export function listPayins(records: Records): RequestHandler {
  return async (req, res) => {
    const filter = queryOf(req, payinQuery);
    const { payins, next_cursor } = await askRecords(TIMEOUT_MS, records.list(filter)).catch(refuseCursor);
    if (next_cursor !== undefined) res.set('Link', nextLink(req, { cursor: next_cursor }));
    res.json({
      payins: payins.map((payin) => publicView(payin, Date.now())),
      ...(next_cursor === undefined ? {} : { next_cursor }),
    });
  };
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof InvalidCursorError)) throw error;
  throw invalidRequest([{ field: 'cursor', problem: error.message }], error);
}
