import { setTimeout as pause } from 'node:timers/promises';
import { startReconciliation } from '../../client/reconcile';
import type { Database } from '../../records/database';
import { recordsOn } from '../../records/records-on';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../../temporal.config';
import type { PayinView } from '../../payin/view';
import type { Difference } from '../../records/reconciliation-report';
import { reconciliationId, type ReconciliationResult } from '../../workflows/reconciliation/messages';
import { createDatabase } from '../machinery/empty-database';
import { newRequestId, requestOf, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { run } from '../records/databases';
import { viewOf, writeOf } from '../records/payin-writes';

/** What breaks behind the system's back, one thing at a time, and what one reconciliation makes of it. */

let rig: PayinRig;
let database: Database;
/** What this test made is in the range, and nothing else. */
let from: number;

beforeAll(async () => {
  ({ database } = await createDatabase());
  rig = await startRig({ records: recordsOn(database) });
});
afterAll(() => rig.close());
beforeEach(async () => {
  rig.sandbox.faults.clear();
  await pause(2);
  from = Date.now();
});

const LOST = { on: 'webhook', lose: true, times: null } as const;

async function reconcile(give_up_after_ms = 120_000): Promise<ReconciliationResult> {
  await pause(2);
  const input = { range: { from, to: Date.now() }, by: 'a test', give_up_after_ms };
  const handle = await startReconciliation(rig.client, input);
  if (!handle) throw new Error('another reconciliation runs');
  return handle.result();
}

/** As the UI lists and shows the run. */
async function shown({ report_id }: ReconciliationResult) {
  const handle = rig.client.workflow.getHandle(reconciliationId(TASK_QUEUE), report_id);
  const { typedSearchAttributes } = await handle.describe();
  const details = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return {
    needsAttention: typedSearchAttributes.get(SEARCH_ATTRIBUTES.needsAttention),
    details: details.currentDetails ?? '',
  };
}

async function started(): Promise<string> {
  const request_id = newRequestId();
  expect((await rig.post(requestOf(request_id))).status).toBe(201);
  await recorded(request_id, 'PENDING_PAY');
  return request_id;
}

async function paid(): Promise<string> {
  const request_id = await started();
  rig.sandbox.orders.act(request_id, 'pay');
  await rig.result(request_id);
  await recorded(request_id, 'SUCCEED');
  return request_id;
}

const recorded = (request_id: string, status: string) =>
  waitFor(async () => (await rig.records.find(request_id))?.status === status, { what: `${request_id} as ${status}` });

/** An order of the past at Lesspay, and a record of it, by nobody's doing. */
async function seeded(
  theirs: 'SUCCEED' | 'FAILED' | 'PENDING_PAY' | undefined,
  ours: Partial<PayinView> | undefined,
  amount = '100.00',
) {
  const request_id = newRequestId();
  const created_at = Date.now();
  const [order] =
    theirs === undefined
      ? []
      : rig.sandbox.orders.seed([{ request_id, status: theirs, created_at, target_amount: amount }]);
  if (!ours) return request_id;
  const at = new Date(created_at).toISOString();
  const payin = viewOf(request_id, {
    ...(order ? { pay_order_id: order.pay_order_id } : {}),
    created_at: at,
    expires_at: new Date(created_at + 1_800_000).toISOString(),
    ...ours,
  });
  const write = writeOf(request_id, 1);
  const facts = {
    ...write.facts,
    payin: {
      ...write.facts.payin,
      status: payin.status,
      ...(payin.pay_order_id === undefined ? {} : { pay_order_id: payin.pay_order_id }),
      ...(payin.outcome_at === undefined ? {} : { outcome_at: created_at }),
    },
    created_at,
    ordered_at: created_at,
    creation_over: true,
    expires_at: created_at + 1_800_000,
  };
  await rig.records.record({ ...write, payin, facts });
  return request_id;
}

/** The one line of the report that names the pay-in. */
function lineOf({ differences }: ReconciliationResult, request_id: string): Difference | undefined {
  const [line, ...more] = differences.filter((difference) => difference.request_id === request_id);
  expect(more).toEqual([]);
  return line;
}

it('finds nothing where nothing differs', async () => {
  await started();
  await paid();
  const result = await reconcile();
  expect(result).toMatchObject({
    outcome: 'complete',
    saved: true,
    notes: [],
    differences: [],
    counts: { orders: 2, pages: 1, asked_by_id: 0, differences: 0 },
  });
  const { differences: _differences, saved: _saved, ...report } = result;
  expect(await rig.records.reconciliations.find(result.report_id)).toEqual(report);
  const { events } = await rig.client.workflow.getHandle(reconciliationId(TASK_QUEUE), result.report_id).fetchHistory();
  expect(events?.length).toBeLessThanOrEqual(40);
});

it('a payment whose webhook was lost is found, and written by the pay-in itself', async () => {
  const request_id = await started();
  rig.sandbox.faults.add(LOST);
  rig.sandbox.orders.act(request_id, 'pay');
  const result = await reconcile();
  expect(lineOf(result, request_id)).toMatchObject({
    kind: 'status_behind',
    ours: { status: 'PENDING_PAY' },
    theirs: { status: 'SUCCEED', amount: '100.00' },
    action: 'woken',
    result: 'repaired',
  });
  expect(result.counts).toMatchObject({ by_kind: { status_behind: 1 }, by_result: { repaired: 1 } });
  expect(await rig.records.find(request_id)).toMatchObject({ status: 'SUCCEED' });
  expect((await rig.result(request_id)).audit).toMatchObject([
    { action: 'wake', who: 'reconciliation', why: 'status_behind' },
  ]);
});

it('a refund of a pay-in that has ended is found, and a pay-in that was terminated goes on', async () => {
  const [refunded, terminated] = [await paid(), await started()];
  rig.sandbox.faults.add(LOST);
  rig.sandbox.orders.act(refunded, 'refund');
  await rig.handle(terminated).terminate('by a test');
  rig.sandbox.orders.act(terminated, 'pay');
  const result = await reconcile();
  const resumed = { kind: 'status_behind', action: 'resumed', result: 'repaired' };
  expect(lineOf(result, refunded)).toMatchObject({ ...resumed, theirs: { status: 'REFUND' } });
  expect(lineOf(result, terminated)).toMatchObject({ ...resumed, theirs: { status: 'SUCCEED' } });
  expect(await rig.records.find(refunded)).toMatchObject({ status: 'REFUND' });
  expect(await rig.records.find(terminated)).toMatchObject({ status: 'SUCCEED' });
});

it('an order that nobody here knows is adopted, and flagged', async () => {
  const request_id = await seeded('SUCCEED', undefined);
  const result = await reconcile();
  expect(lineOf(result, request_id)).toMatchObject({ kind: 'unknown_to_us', action: 'resumed', result: 'repaired' });
  expect(await rig.records.find(request_id)).toMatchObject({
    status: 'SUCCEED',
    amount: '100.00',
    alerts: [{ code: 'unknown_order' }],
  });
  expect((await reconcile()).differences).toEqual([]);
});

it('a record that is gone is written again, of a pay-in that runs and of one that has ended', async () => {
  const ids = [await started(), await paid()];
  await vandalise(ids);
  const result = await reconcile();
  const missing = { kind: 'record_missing', result: 'repaired' };
  expect(lineOf(result, ids[0] ?? '')).toMatchObject({ ...missing, action: 'woken' });
  expect(lineOf(result, ids[1] ?? '')).toMatchObject({ ...missing, action: 'resumed' });
  const found = await rig.records.findMany(ids);
  expect(found.map(({ status }) => status).sort()).toEqual(['PENDING_PAY', 'SUCCEED']);
});

async function vandalise(ids: readonly string[]): Promise<void> {
  const list = ids.map((id) => `'${id}'`).join(', ');
  await run(database, 'alter table payin_events disable trigger all');
  await run(database, `delete from payin_events where request_id in (${list})`);
  await run(database, `delete from payins where request_id in (${list})`);
  await run(database, 'alter table payin_events enable trigger all');
}

it('another amount is reported, and flagged by the pay-in: once, and no more when a person has dealt with it', async () => {
  const outcome_at = new Date(from).toISOString();
  const request_id = await seeded('SUCCEED', { status: 'SUCCEED', outcome_at }, '90.00');
  const differs = { kind: 'amount_differs', ours: { amount: '100.00' }, theirs: { amount: '90.00' } };
  const first = await reconcile();
  expect(first.differences).toContainEqual(
    expect.objectContaining({ kind: 'amount_differs', action: 'resumed', result: 'still_differs' }),
  );
  expect(first.differences.find(({ kind }) => kind === 'amount_differs')).toMatchObject(differs);
  expect((await rig.state(request_id)).alerts).toMatchObject([{ code: 'amount_mismatch' }]);

  const second = await reconcile();
  expect(second.differences.map(({ action, result }) => ({ action, result }))).toEqual(
    second.differences.map(() => ({ action: 'flagged', result: 'still_differs' })),
  );
  // The pay-in is listed: its reconciliation need not be.
  expect((await shown(second)).needsAttention).toBeUndefined();
  await rig
    .handle(request_id)
    .executeUpdate('acknowledge', { args: [{ who: 'mia', why: 'agreed with the customer' }] });
  await rig.result(request_id);
  const third = await reconcile();
  expect(third.counts.by_result).toEqual({ acknowledged: third.counts.differences });
});

it('a status that contradicts is reported', async () => {
  const outcome_at = new Date(from).toISOString();
  const [unpaid, failed] = [
    await seeded('PENDING_PAY', { status: 'CLOSED', outcome_at }),
    await seeded('FAILED', { status: 'SUCCEED', outcome_at }),
  ];
  const result = await reconcile();
  const contradicts = { kind: 'status_contradicts', result: 'still_differs' };
  expect(lineOf(result, unpaid)).toMatchObject({ ...contradicts, action: 'reported' });
  expect(lineOf(result, failed)).toMatchObject({ ...contradicts, action: 'resumed' });
  expect(await rig.records.find(unpaid)).toMatchObject({ status: 'CLOSED', last_event: 1 });
  expect(await rig.records.find(failed)).toMatchObject({ status: 'SUCCEED', needs_attention: true });
  expect(result.counts.unflagged).toEqual({ status_contradicts: 1 });
});

it('a payment that Lesspay knows nothing of is flagged by the run that found it, since no pay-in would', async () => {
  const outcome_at = new Date(from).toISOString();
  const ours = { status: 'SUCCEED', outcome_at } as const;
  const [unpaid, missing] = [await seeded('PENDING_PAY', ours), await seeded(undefined, ours)];
  const result = await reconcile();
  expect(result.counts.unflagged).toEqual({ status_contradicts: 1, not_at_lesspay: 1 });
  const { needsAttention, details } = await shown(result);
  expect(needsAttention).toBe(true);
  expect(details).toContain('**Needs attention**');
  expect(details).toContain(`\`status_contradicts\` ${unpaid}: ours SUCCEED, Lesspay's PENDING_PAY`);
  expect(details).toContain(`\`not_at_lesspay\` ${missing}: ours SUCCEED, Lesspay's none`);
  await waitFor(async () => (await listed()).includes(result.report_id), { what: 'the run in the operators list' });
});

/** By the query of docs/operations.md. */
async function listed(): Promise<string[]> {
  const query = 'WorkflowType = "reconciliation" AND (NeedsAttention = true OR ExecutionStatus = "Failed")';
  const runs: string[] = [];
  for await (const { runId } of rig.client.workflow.list({ query })) runs.push(runId);
  return runs;
}

it('a row that lags behind what Lesspay says by id is no difference', async () => {
  await paid();
  // The list, which comes first.
  rig.sandbox.faults.add({ on: 'query', status: 'PENDING_PAY' });
  expect(await reconcile()).toMatchObject({ counts: { orders: 1 }, differences: [] });
});

it('an order of ours that Lesspay does not find is reported; the pay-in asks itself while it has no outcome', async () => {
  const outcome_at = new Date(from).toISOString();
  const [ended, open] = [
    await seeded(undefined, { status: 'SUCCEED', outcome_at }),
    await seeded(undefined, { status: 'PENDING_PAY' }),
  ];
  const result = await reconcile();
  const missing = { kind: 'not_at_lesspay', ours: { amount: '100.00' }, result: 'still_differs' };
  expect(lineOf(result, ended)).toMatchObject({ ...missing, action: 'reported' });
  expect(lineOf(result, open)).toMatchObject({ ...missing, action: 'resumed' });
  expect(result.counts).toMatchObject({ orders: 0, asked_by_id: 2 });
});

it('an order that Lesspay does not find wakes its pay-in no more once that runs', async () => {
  const open = await seeded(undefined, { status: 'PENDING_PAY' });
  expect(lineOf(await reconcile(), open)).toMatchObject({ kind: 'not_at_lesspay', action: 'resumed' });
  const { audit } = await rig.state(open);
  const second = await reconcile();
  expect(lineOf(second, open)).toMatchObject({ action: 'watched', result: 'still_differs' });
  expect(second.counts.unflagged).toEqual({});
  expect((await rig.state(open)).audit).toEqual(audit);
});

it('money in another amount that Lesspay does not find is reported, and its pay-in left alone', async () => {
  const other = await seeded(undefined, { status: 'PAID' });
  const result = await reconcile();
  expect(lineOf(result, other)).toMatchObject({ kind: 'not_at_lesspay', action: 'reported', result: 'still_differs' });
  expect((await shown(result)).needsAttention).toBe(true);
  expect(await rig.records.find(other)).toMatchObject({ status: 'PAID', last_event: 1 });
});

it('an order that the list leaves out, and Lesspay finds by its id, is compared all the same', async () => {
  const request_id = await started();
  rig.sandbox.faults.add(LOST);
  rig.sandbox.orders.act(request_id, 'pay');
  // The list, which comes first.
  rig.sandbox.faults.add({ on: 'query', hide: true });
  const result = await reconcile();
  expect(lineOf(result, request_id)).toMatchObject({ kind: 'status_behind', result: 'repaired' });
  expect(result.counts).toMatchObject({ orders: 0, asked_by_id: 1 });
});
