import type { Client } from '@temporalio/client';
import type { RequestHandler } from 'express';
import { payinHasRun } from '../../client/last-run';
import type { Records } from '../../records/payin-records';
import { askRecords } from './ask-records';
import { askTemporal } from './ask-temporal';
import { noSuchPayin, requestIdFrom } from './find-payin';
import { nextLink } from './next-link';
import { eventsQuery } from './page-queries';
import { queryOf } from './query-parameters';

const TIMEOUT_MS = 5_000;
const LOOK_TIMEOUT_MS = 2_000;

/** `GET /payins/{request_id}/events`: a page of the events of a pay-in, sorted by number. */
export function listEvents(client: Client, records: Records): RequestHandler<{ request_id: string }> {
  return async (req, res) => {
    const request_id = requestIdFrom(req.params);
    const { after, limit } = queryOf(req, eventsQuery);
    // One more than the page holds, to see whether there is a next page.
    const found = await askRecords(TIMEOUT_MS, records.events(request_id, { after, limit: limit + 1 }));
    if (found.length === 0 && !(await exists(client, records, request_id))) throw noSuchPayin();
    const events = found.slice(0, limit);
    const next_after = found.length > limit ? events.at(-1)?.number : undefined;
    if (next_after !== undefined) res.set('Link', nextLink(req, { after: String(next_after) }));
    res.json({ events, ...(next_after === undefined ? {} : { next_after }) });
  };
}

/** A pay-in that has just started has a run, but no record and no events yet. */
async function exists(client: Client, records: Records, request_id: string): Promise<boolean> {
  if (await askRecords(TIMEOUT_MS, records.find(request_id))) return true;
  return askTemporal(client, LOOK_TIMEOUT_MS, () => payinHasRun(client, request_id));
}
