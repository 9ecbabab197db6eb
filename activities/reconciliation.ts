import { ApplicationFailure, cancellationSignal, Context, heartbeat, sleep } from '@temporalio/activity';
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
import { afterPage } from '../reconciliation/page-end';
import type { SweepProgress } from '../workflows/reconciliation/messages';
import { failureType } from './failure-type';
import { queryWindow } from '../payin/query-window';
import type { ReconciliationActivities } from '../workflows/reconciliation/activities';

export interface ReconciliationActivitiesDeps {
  readonly lesspay: Pick<LesspayClient, 'listOrders' | 'queryOrder'>;
  readonly records: Pick<Records, 'findMany' | 'findByPayOrderId' | 'reconciliations'>;
  readonly workflows: PayinWorkflows;
  /** By how it begins. */
  readonly isOurs: (request_id: string) => boolean;
  /** Epoch ms. */
  readonly now: () => number;
  /** Lesspay takes up to 1000. */
  readonly pageSize?: number;
}

/** Rows a page, where Lesspay gives that many. */
const PAGE_SIZE = 500;
/** What Lesspay and Temporal are asked to bear, each in a second. */
const PAGES_PER_SECOND = 2;
const LOOK_UPS_PER_SECOND = 5;
const WAKES_PER_SECOND = 20;
/** So many are asked for by id; if more are missing, the list is not what it should be. */
const MAX_LOOK_UPS = 1_000;
const RECORDS_AT_ONCE = 200;
/** So many differences the result holds; all are in the records. Temporal takes no more than 2 MB. */
const SHOWN_DIFFERENCES = 200;
/** The server hears no more often of it than the worker's throttle lets through. */
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
      throw asFailure(error);
    }
  }

  return {
    openReport: (start) => reconciliations.open(start),

    async compareOrders({ report_id, part, from, to }) {
      const check = newCheck();
      const mayRead = turns(PAGES_PER_SECOND);
      let progress = progressSoFar();
      const range = { start_time: Date.parse(from), end_time: Date.parse(to) };
      return beating(
        () => progress,
        async () => {
          for (;;) {
            await mayRead();
            await endIfCancelled();
            const { page } = progress;
            const options = { signal: cancellationSignal() };
            const answer = await lesspay.listOrders({ ...range, page, page_size }, options).catch((error: unknown) => {
              // Beyond the last page some servers take offence.
              if (error instanceof LesspayError && error.kind === 'refused' && page > 1) return 'refused' as const;
              throw asFailure(error);
            });
            const { rows: before, total: stated, last, not_ours } = progress;
            if (answer === 'refused')
              return {
                pages: page,
                not_ours,
                notes: notesOn({ page, rows: last, page_size, read: before, total: stated }),
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
                notes: notesOn({ page, rows: rows.length, page_size, read: before, total }),
              };
            const checked = await check.page(rows, place);
            await reconciliations.note(report_id, checked.differences);
            const others = not_ours + checked.not_ours;
            if (next === 'end')
              return { pages: page, not_ours: others, notes: notesOn({ page, rows: 0, page_size, read, total }) };
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
      return beating(
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
                notes: [`the list lacks more than ${MAX_LOOK_UPS} of our orders: the others were not asked for`],
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

/** Heartbeats while it works, also while one call takes long. */
async function beating<Result>(details: () => unknown, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(() => heartbeat(details()), HEARTBEAT_MS);
  try {
    return await work();
  } catch (error) {
    // A call that was broken off by a cancellation fails in its own way.
    await endIfCancelled();
    throw error;
  } finally {
    // The server hears where to go on, also of an attempt that failed soon.
    heartbeat(details());
    clearInterval(timer);
  }
}

/** @throws CancelledFailure */
async function endIfCancelled(): Promise<void> {
  if (cancellationSignal().aborted) await Context.current().cancelled;
}

const START: SweepProgress = { page: 1, rows: 0, last: 0, not_ours: 0, differences: 0 };

/** Where the attempt before this one was, if there was one. */
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

function notesOn({ page, rows, page_size, read, total }: EndOfList): string[] {
  const notes: string[] = [];
  // A server that shows its last page again, or refuses to go beyond it, shows or has shown a short one.
  if (rows >= page_size)
    notes.push(`page ${page} is no new one, after a full one: the list may hold more than it shows`);
  if (total !== undefined && read < total) notes.push(`Lesspay speaks of ${total} orders, its pages held ${read}`);
  return notes;
}

interface EndOfList {
  readonly page: number;
  /** On the page before, if this one was refused. */
  readonly rows: number;
  readonly page_size: number;
  /** On all pages. */
  readonly read: number;
  readonly total?: number | undefined;
}

/** Kinds that no later attempt would cure. */
const INCURABLE: ReadonlySet<LesspayError['kind']> = new Set(['credentials', 'invalid_request', 'refused']);

/** A failure whose type an operator understands in the UI, e.g. `LesspayConnectionLost`. */
function asFailure(error: unknown): unknown {
  if (!(error instanceof LesspayError)) return error;
  const { kind, message } = error;
  return ApplicationFailure.create({ type: failureType('Lesspay', kind), message, nonRetryable: INCURABLE.has(kind) });
}
