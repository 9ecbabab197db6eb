import { once } from 'node:events';
import { defaultPayloadConverter } from '@temporalio/common';
import { PAYIN_WORKFLOW, checkoutWithStart } from '../../client';
import { startReconciliation } from '../../client/reconcile';
import { TASK_QUEUE } from '../../temporal.config';
import type { Database } from '../../records/database';
import type { PayinWrite } from '../../records/payin-record';
import { recordsOn } from '../../records/records-on';
import type { OrderView } from '../../sandbox/control';
import { reconciliationId, type ReconciliationResult } from '../../workflows/reconciliation/messages';
import type { Difference, DifferenceKind } from '../../records/reconciliation-report';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { forgetRuns } from '../machinery/behind-our-back';
import { createDatabase } from '../machinery/empty-database';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { sized } from '../machinery/size';
import { waitFor } from '../machinery/wait-for';
import { describeOnPostgres, recordMany, run } from '../records/databases';
import { viewOf, writeOf } from '../records/payin-writes';
import { runWorker } from './running-program';

/**
 * A week of records, some tens of them broken behind the system's back in every way we could think of: one
 * reconciliation restores every record to what Lesspay says, and names each difference.
 */

const ORDERS = sized(2_000, 5_000);
/** Of Lesspay's list, as the reconciliation asks for it. */
const PAGE = 500;
const DAY_MS = 24 * 3_600_000;
/** Of each kind of mishap. */
const SOME = 4;

let rig: PayinRig;
let database: Database;
let databaseUrl: string | undefined;

beforeAll(async () => {
  ({ database, databaseUrl } = await createDatabase());
  rig = await startRig({ records: recordsOn(database) });
  await rig.records.ping();
  // Every one of them, from the first to the last.
  rig.sandbox.faults.add({ on: 'webhook', lose: true, times: null });
});
afterAll(() => rig.close());

/** Every order of the last days, at Lesspay and in the records alike, long since settled. */
async function seedWeek(): Promise<OrderView[]> {
  const start = Date.now() - 6 * DAY_MS;
  const orders = rig.sandbox.orders.seed(
    Array.from({ length: ORDERS }, (_, index) => ({
      request_id: `week-${index}`,
      status: index % 5 === 0 ? ('CLOSED' as const) : ('SUCCEED' as const),
      created_at: start + index * 60_000,
    })),
  );
  await recordMany(database, orders.map(recordOf));
  return orders;
}

function recordOf({ request_id, pay_order_id, status, created_at, target_amount: amount }: OrderView): PayinWrite {
  const at = new Date(created_at).toISOString();
  const payin = viewOf(request_id, { pay_order_id, status, amount, created_at: at, expires_at: at, outcome_at: at });
  const write = writeOf(request_id, 1);
  const settled = { request_id, pay_order_id, status, amount, currency: 'USDT', outcome_at: created_at };
  const instants = { created_at, ordered_at: created_at, expires_at: created_at };
  const facts = { ...write.facts, ...instants, payin: settled, creation_over: true, any_age: false };
  return { ...write, payin, facts };
}

async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** Real pay-ins, waiting for their payment, which no poll finds while all else is being broken. */
async function started(count = SOME): Promise<string[]> {
  const ids = Array.from({ length: count }, newRequestId);
  const seldom = { ...DEFAULT_POLL_SCHEDULE, first_ms: DAY_MS, max_ms: DAY_MS };
  await inBatches(ids, async (request_id) => {
    const { options } = checkoutWithStart(requestOf(request_id), seldom).startWorkflowOperation;
    await rig.client.workflow.start(PAYIN_WORKFLOW, options);
    await recordSays(request_id, 'PENDING_PAY');
  });
  return ids;
}

async function paid(): Promise<string[]> {
  const ids = await started();
  await inBatches(ids, async (request_id) => {
    rig.sandbox.orders.act(request_id, 'pay');
    await rig.handle(request_id).executeUpdate('pollNow', { args: [{ who: 'a test', why: 'no webhook comes' }] });
    await rig.result(request_id);
    await recordSays(request_id, 'SUCCEED');
  });
  return ids;
}

const recordSays = (request_id: string, status: string) =>
  waitFor(async () => (await rig.records.find(request_id))?.status === status, { what: `${request_id} as ${status}` });

const deleteWorkflows = (ids: readonly string[]) => inBatches(ids, (request_id) => forgetRuns(rig, request_id));

async function deleteRows(ids: readonly string[]): Promise<void> {
  const list = ids.map((id) => `'${id}'`).join(', ');
  await run(database, 'alter table payin_events disable trigger all');
  await run(database, `delete from payin_events where request_id in (${list})`);
  await run(database, `delete from payins where request_id in (${list})`);
  await run(database, 'alter table payin_events enable trigger all');
}

const act = (ids: readonly string[], action: 'pay' | 'refund' | 'cancel') => {
  for (const request_id of ids) rig.sandbox.orders.act(request_id, action);
};

/** What the report must say of each, by request_id. */
const expected = new Map<string, DifferenceKind>();
const expectKind = (kind: DifferenceKind, ids: readonly string[]) => {
  for (const request_id of ids) expected.set(request_id, kind);
};

async function breakThings(week: readonly OrderView[]): Promise<void> {
  const ids = (from: number) => week.slice(from, from + SOME).map(({ request_id }) => request_id);

  const lost = await started();
  act(lost, 'pay');
  expectKind('status_behind', lost);

  const refunded = await paid();
  act(refunded, 'refund');
  expectKind('status_behind', refunded);

  const terminated = await started();
  for (const request_id of terminated) await rig.handle(request_id).terminate('by a vandal');
  act(terminated, 'cancel');
  expectKind('status_behind', terminated);

  const workflowGone = await started();
  await deleteWorkflows(workflowGone);
  act(workflowGone, 'pay');
  expectKind('status_behind', workflowGone);

  const rowGone = [...(await started()), ...(await paid())];
  await deleteRows(rowGone);
  expectKind('record_missing', rowGone);

  const allGone = [...(await started()), ...(await paid())];
  await deleteWorkflows(allGone);
  await deleteRows(allGone);
  expectKind('unknown_to_us', allGone);

  // Of pay-ins whose workflows Temporal has long forgotten.
  const longAgo = ids(1_001).filter((request_id) => rig.sandbox.orders.get(request_id).status === 'SUCCEED');
  act(longAgo, 'refund');
  expectKind('status_behind', longAgo);
  await deleteRows(ids(1_500));
  expectKind('unknown_to_us', ids(1_500));

  const strangers = Array.from({ length: SOME }, newRequestId);
  const created_at = Date.now() - DAY_MS;
  rig.sandbox.orders.seed(strangers.map((request_id) => ({ request_id, status: 'SUCCEED', created_at })));
  expectKind('unknown_to_us', strangers);
}

/** We have them, and Lesspay has not. */
const nowhere: string[] = [];

/** What no asking mends: a person must look. */
async function breakForGood(): Promise<void> {
  const created_at = Date.now() - 2 * DAY_MS;
  const make = (status: OrderView['status'], target_amount: string): OrderView => {
    const [order] = rig.sandbox.orders.seed([{ request_id: newRequestId(), status, created_at, target_amount }]);
    if (!order) throw new Error('there is an order');
    return order;
  };
  for (let index = 0; index < SOME; index += 1) {
    const other = make('PENDING_PAY', '99.00');
    await rig.records.record(recordOf({ ...other, status: 'CLOSED', target_amount: '100.00' }));
    expected.set(`${other.request_id} amount_differs`, 'amount_differs');
    expected.set(`${other.request_id} status_contradicts`, 'status_contradicts');

    const unpaid = make('FAILED', '100.00');
    await rig.records.record(recordOf({ ...unpaid, status: 'SUCCEED' }));
    expectKind('status_contradicts', [unpaid.request_id]);

    const missing = newRequestId();
    const named = { request_id: missing, pay_order_id: `P-${missing}` };
    await rig.records.record(recordOf({ ...unpaid, ...named, status: 'SUCCEED' }));
    nowhere.push(missing);
  }
  expectKind('not_at_lesspay', nowhere);
}

async function allDifferences({ report_id }: ReconciliationResult): Promise<Difference[]> {
  return rig.records.reconciliations.differences(report_id, 10_000);
}

const byRequest = (differences: readonly Difference[]) => {
  const named = new Map<string, DifferenceKind>();
  for (const { request_id = '', kind } of differences) {
    const several = differences.some((other) => other.request_id === request_id && other.kind !== kind);
    named.set(several ? `${request_id} ${kind}` : request_id, kind);
  }
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
};

async function reconcileWeek(): Promise<ReconciliationResult> {
  const range = { last_ms: 7 * DAY_MS - 1_000, settle_ms: 0 };
  const handle = await startReconciliation(rig.client, { range, by: 'a test', give_up_after_ms: 240_000 });
  if (!handle) throw new Error('another reconciliation runs');
  return handle.result();
}

it('one reconciliation restores every record to what Lesspay says, and names each difference', async () => {
  const week = await seedWeek();
  await breakThings(week);
  await breakForGood();
  const began = Date.now();
  const result = await reconcileWeek();
  const took = Date.now() - began;

  expect(result).toMatchObject({ outcome: 'complete', notes: [] });
  const differences = await allDifferences(result);
  expect(byRequest(differences)).toEqual(Object.fromEntries([...expected].sort(([a], [b]) => (a < b ? -1 : 1))));
  const forGood = new Set<DifferenceKind>(['amount_differs', 'status_contradicts', 'not_at_lesspay']);
  for (const difference of differences)
    expect(difference).toMatchObject({ result: forGood.has(difference.kind) ? 'still_differs' : 'repaired' });

  const beyondRepair = new Set(differences.flatMap((one) => (forGood.has(one.kind) ? [one.request_id] : [])));
  const atLesspay = rig.sandbox.orders.list().filter(({ request_id }) => !beyondRepair.has(request_id));
  const records = await rig.records.findMany(atLesspay.map(({ request_id }) => request_id));
  const says = ({
    request_id,
    pay_order_id,
    status,
  }: Pick<OrderView, 'request_id' | 'pay_order_id'> & { status: string }) => `${request_id} ${pay_order_id} ${status}`;
  expect(records.map((record) => says({ pay_order_id: '', ...record })).sort()).toEqual(atLesspay.map(says).sort());

  // Of those where nothing was wrong, none was touched.
  const untouched = records.filter(({ request_id }) => request_id.startsWith('week-') && !expected.has(request_id));
  expect(untouched.filter(({ last_event }) => last_event !== 1)).toEqual([]);
  expect(result.counts.orders).toBe(rig.sandbox.orders.list().length);
  process.stderr.write(`${result.counts.orders} records, ${differences.length} differences: ${took} ms\n`);
});

it('the next one finds nothing but what a person must look at', async () => {
  const result = await reconcileWeek();
  expect(result.counts.by_kind).toEqual({ amount_differs: SOME, status_contradicts: 2 * SOME, not_at_lesspay: SOME });
  expect(result.counts.by_result).toEqual({ still_differs: 4 * SOME });
  expect(result.counts.unflagged).toEqual({ status_contradicts: SOME, not_at_lesspay: SOME });
  // Nobody is woken: either the pay-in has flagged it, or nothing but this tells of it.
  for (const { action } of await allDifferences(result)) expect(action).toMatch(/^(flagged|reported)$/);
});

/** How many pages Lesspay was asked for: all queries but those for one order. */
function pagesAsked(): number {
  const { sandbox } = rig;
  const ids = [...sandbox.orders.list().map(({ request_id }) => request_id), ...nowhere];
  return sandbox.calls().query_calls - ids.reduce((sum, id) => sum + sandbox.calls(id).query_calls, 0);
}

/** As Temporal knows it. */
async function pageReached(): Promise<number> {
  const { raw } = await rig.client.workflow.getHandle(reconciliationId(TASK_QUEUE)).describe();
  const pages = raw.pendingActivities?.map(({ heartbeatDetails }) => {
    const [payload] = heartbeatDetails?.payloads ?? [];
    return payload ? defaultPayloadConverter.fromPayload<{ page?: number }>(payload).page : undefined;
  });
  return Math.max(0, ...(pages ?? []).map((page) => page ?? 0));
}

// PGlite belongs to one process.
describeOnPostgres('in a process of its own', () => {
  it('a worker killed in the middle: another one goes on from the page it was at', async () => {
    await rig.stopWorker();
    const worker = runWorker(rig, databaseUrl);
    // Slowly, so that it is killed in the middle.
    const slow = rig.sandbox.faults.add({ on: 'query', delay_ms: 700, times: null });
    const before = pagesAsked();
    const ended = reconcileWeek();
    await waitFor(async () => (await pageReached()) >= 3, { what: 'a heartbeat from the third page' });
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const byTheFirst = pagesAsked() - before;
    rig.sandbox.faults.remove(slow.id);
    await rig.startWorker();
    const result = await ended;
    expect(result).toMatchObject({ outcome: 'complete', counts: { orders: rig.sandbox.orders.list().length } });
    const pages = Math.ceil(rig.sandbox.orders.list().length / PAGE);
    expect(pagesAsked() - before - byTheFirst).toBeLessThan(pages);
  });
});
