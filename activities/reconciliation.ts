import { cancellationSignal, Context, heartbeat, sleep } from '@temporalio/activity';
import type { LesspayClient } from '../lesspay/client';
import { LesspayError } from '../lesspay/errors';
import type { Records } from '../records/payin-records';
import type { PayinRecord } from '../records/payin-record';
import type { AwaitedPage } from '../records/reconciliation-records';
import {
  createCheck,
  mayYetBeRepaired,
  type PayinWorkflows,
  seenKeys,
  afterRepair,
} from '../reconciliation/check-orders';
import { pace } from '../reconciliation/pace';
import { afterPage, notesOnEnd } from '../reconciliation/page-end';
import type { SweepProgress } from '../workflows/reconciliation/messages';
import { asFailure } from './failure-type';
import { queryWindow } from '../payin/query-window';
import type { ReconciliationActivities } from '../workflows/reconciliation/activities';

export interface ReconciliationActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'listOrders' | 'queryOrder'>;
  readonly records: Pick<Records, 'findMany' | 'findByPayOrderId' | 'reconciliations'>;
  readonly workflows: PayinWorkflows;
  /** Does the request_id begin like ours (`REQUEST_ID_PREFIX`)? */
  readonly isOurs: (request_id: string) => boolean;
  /** Epoch ms. */
  readonly now: () => number;
  /** Rows of a page that Lesspay is asked for: 1 to 1,000. Default: 500. */
  readonly pageSize?: number;
}

const PAGE_SIZE = 500;
/** Limits for the load on Lesspay and Temporal. */
const PAGES_PER_SECOND = 2;
const LOOK_UPS_PER_SECOND = 5;
const WAKES_PER_SECOND = 20;
/** At most so many orders are looked up by request_id. If more are missing, Lesspay's list itself is wrong. */
const MAX_LOOK_UPS = 1_000;
const RECORDS_AT_ONCE = 200;
/** Differences in the workflow's result, whose size Temporal limits to 2 MB. The records have all of them. */
const SHOWN_DIFFERENCES = 200;
/** The worker sends heartbeats to the server less often than that (it throttles them). */
const HEARTBEAT_MS = 1_000;

export function createReconciliationActivities({
  lesspay,
  records,
  workflows,
  isOurs,
  now,
  pageSize: page_size = PAGE_SIZE,
}: ReconciliationActivitiesDeps): ReconciliationActivities {
  const { reconciliations } = records;
  const turns = (perSecond: number) => pace(perSecond, (ms) => sleep(ms), now);

  function newCheck() {
    const [mayAsk, mayWake] = [turns(LOOK_UPS_PER_SECOND), turns(WAKES_PER_SECOND)];
    return createCheck({
      records,
      workflows: {
        isKnown: (request_id) => workflows.isKnown(request_id),
        isRunning: (request_id) => workflows.isRunning(request_id),
        async wake(request_id, why) {
          await mayWake();
          return workflows.wake(request_id, why);
        },
      },
      isOurs,
      async lookUp(record) {
        await mayAsk();
        return lookUp(record);
      },
    });
  }

  async function lookUp({ request_id, pay_order_id, created_at, facts }: PayinRecord) {
    const window = queryWindow(facts.ordered_at ?? Date.parse(created_at), now());
    try {
      const options = { signal: cancellationSignal(), knownPayOrderId: pay_order_id };
      return (await lesspay.queryOrder({ request_id, ...window }, options)) ?? 'not_found';
    } catch (error) {
      if (error instanceof LesspayError && error.kind === 'unreadable') return 'unreadable';
      throw asFailure(error, NON_RETRYABLE);
    }
  }

  return {
    openReport: (start) => reconciliations.open(start),

    async compareOrders({ report_id, part, from, to }) {
      const check = newCheck();
      const mayRead = turns(PAGES_PER_SECOND);
      let progress = progressSoFar();
      const range = { start_time: Date.parse(from), end_time: Date.parse(to) };
      return withHeartbeats(
        () => progress,
        async () => {
          for (;;) {
            await mayRead();
            await endIfCancelled();
            const { page } = progress;
            const options = { signal: cancellationSignal() };
            const answer = await lesspay.listOrders({ ...range, page, page_size }, options).catch((error: unknown) => {
              // Some servers refuse a page beyond the last one.
              if (error instanceof LesspayError && error.kind === 'refused' && page > 1) return 'refused' as const;
              throw asFailure(error, NON_RETRYABLE);
            });
            const { rows: before, total: stated, last, not_ours } = progress;
            if (answer === 'refused')
              return {
                pages: page,
                not_ours,
                notes: notesOnEnd({ page, rows: last, page_size, read: before, total: stated }),
              };
            const { rows, total } = answer;
            const place = `${part}.${page}`;
            const fresh = await reconciliations.see({ report_id, part, page, orders: seenKeys(rows, place) });
            const read = before + rows.length;
            const next = afterPage({ rows: rows.length, page_size, fresh, read, total });
            if (next === 'repeats')
              return {
                pages: page,
                not_ours,
                notes: notesOnEnd({ page, rows: rows.length, page_size, read: before, total }),
              };
            const checked = await check.page(rows, place);
            await reconciliations.note(report_id, checked.differences);
            const others = not_ours + checked.not_ours;
            if (next === 'end')
              return { pages: page, not_ours: others, notes: notesOnEnd({ page, rows: 0, page_size, read, total }) };
            progress = {
              page: page + 1,
              rows: read,
              last: rows.length,
              not_ours: others,
              ...(total === undefined ? {} : { total }),
              differences: progress.differences + checked.differences.length,
            };
          }
        },
      );
    },

    async findMissing(range) {
      const check = newCheck();
      let progress = missingSoFar();
      return withHeartbeats(
        () => progress,
        async () => {
          for (;;) {
            const { after, asked } = progress;
            const limit = Math.min(RECORDS_AT_ONCE, MAX_LOOK_UPS - asked);
            const records = await reconciliations.unseen(range, { after, limit: limit + 1 });
            for (const record of records.slice(0, limit)) {
              await endIfCancelled();
              await reconciliations.note(range.report_id, await check.unseen(record));
              progress = { after: record.request_id, asked: progress.asked + 1 };
            }
            if (records.length <= limit) return { asked: progress.asked, notes: [] };
            if (progress.asked >= MAX_LOOK_UPS)
              return {
                asked: progress.asked,
                notes: [
                  `more than ${MAX_LOOK_UPS} of our orders are missing in Lesspay's list: only ${MAX_LOOK_UPS} were looked up`,
                ],
              };
          }
        },
      );
    },

    async recheck(report_id) {
      let waiting = 0;
      for (let after: AwaitedPage['after']; ;) {
        const awaited = await reconciliations.awaited(report_id, { after, limit: RECORDS_AT_ONCE });
        const found = await records.findMany(awaited.flatMap(({ request_id }) => request_id ?? []));
        const recordOf = new Map(found.map((record) => [record.request_id, record]));
        const results = awaited.map((difference) => afterRepair(difference, recordOf.get(difference.request_id ?? '')));
        await reconciliations.setResults(report_id, results);
        waiting += results.filter(mayYetBeRepaired).length;
        after = awaited.at(-1);
        if (awaited.length < RECORDS_AT_ONCE) return waiting;
      }
    },

    async closeReport(start, end) {
      await reconciliations.open(start);
      const report = await reconciliations.close(end);
      const differences = await reconciliations.differences(end.report_id, SHOWN_DIFFERENCES);
      return { ...report, differences, saved: true };
    },
  };
}

/** Sends heartbeats while `work` runs, also during one long call. */
async function withHeartbeats<Result>(details: () => unknown, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => heartbeat(details()), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    // A call that a cancellation interrupted fails with an error of its own: throws CancelledFailure instead.
    await endIfCancelled();
    throw error;
  } finally {
    // The next attempt continues from these details, also when this attempt failed early.
    heartbeat(details());
    clearInterval(timer);
  }
}

/** @throws CancelledFailure */
async function endIfCancelled(): Promise<void> {
  if (cancellationSignal().aborted) await Context.current().cancelled;
}

const START: SweepProgress = { page: 1, rows: 0, last: 0, not_ours: 0, differences: 0 };

/** The progress of the attempt before this one, from its heartbeat details. */
function progressSoFar(): SweepProgress {
  const details: unknown = Context.current().info.heartbeatDetails;
  return isProgress(details) ? details : START;
}

function missingSoFar(): { readonly after: string; readonly asked: number } {
  const details: unknown = Context.current().info.heartbeatDetails;
  return isMissingProgress(details) ? details : { after: '', asked: 0 };
}

const isProgress = (details: unknown): details is SweepProgress =>
  typeof details === 'object' && details !== null && 'page' in details && 'rows' in details;
const isMissingProgress = (details: unknown): details is ReturnType<typeof missingSoFar> =>
  typeof details === 'object' && details !== null && 'after' in details && 'asked' in details;

/** Kinds that a retry would not change. */
const NON_RETRYABLE: ReadonlySet<LesspayError['kind']> = new Set(['credentials', 'invalid_request', 'refused']);
