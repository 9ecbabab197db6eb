import { ApplicationFailure, ScheduleOverlapPolicy } from '@temporalio/client';
import { reconciliationResult, runningReconciliation, startReconciliation } from '../../client/reconcile';
import { scheduleReconciliations } from '../../client/reconciliation-schedules';
import type { Records } from '../../records/payin-records';
import { recordsOn } from '../../records/records-on';
import { RecordsUnavailableError } from '../../records/errors';
import { TASK_QUEUE } from '../../temporal.config';
import { onlyOneOf } from '../../workflows/task-queue';
import {
  progressQuery,
  reconciliationId,
  type ReconciliationInput,
  SCHEDULED_RECONCILIATION_WORKFLOW,
} from '../../workflows/reconciliation/messages';
import type { scheduledReconciliation } from '../../workflows/scheduled-reconciliation';
import { createDatabase } from '../machinery/empty-database';
import { newRequestId, startRig, type PayinRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { writeOf } from '../records/payin-writes';

/** A reconciliation itself in trouble: Lesspay or the records down, its worker gone, another one running. */

const PAGE_SIZE = 2;
const PAGES = 6;

let rig: PayinRig;
let down = false;
/** The report can't be kept, and no later attempt would help. */
let reportsAreRefused = false;

beforeAll(async () => {
  const { database } = await createDatabase();
  rig = await startRig({ records: failing(recordsOn(database)), reconciliation: { pageSize: PAGE_SIZE } });
});
afterAll(() => rig.close());
beforeEach(() => rig.sandbox.faults.clear());

/** The records, which can be down. */
function failing(records: Records): Records {
  const { reconciliations } = records;
  const unlessDown =
    <Argument, Result>(call: (argument: Argument) => Promise<Result>) =>
    (argument: Argument) =>
      down ? Promise.reject(new RecordsUnavailableError('test', new Error('down'))) : call(argument);
  return {
    ...records,
    reconciliations: {
      ...reconciliations,
      open: unlessDown((start) => reconciliations.open(start)),
      see: unlessDown((page) => reconciliations.see(page)),
      close: (end) =>
        reportsAreRefused
          ? Promise.reject(ApplicationFailure.nonRetryable('the disk is full'))
          : reconciliations.close(end),
    },
  };
}

/** Each test its own day of records, in the past, and known as they are. */
let day = 0;
async function seedPages(pages = PAGES): Promise<{ from: number; to: number }> {
  day += 1;
  const from = Date.now() - day * 24 * 3_600_000;
  const orders = Array.from({ length: pages * PAGE_SIZE }, (_, index) => ({
    request_id: newRequestId(),
    status: 'CLOSED' as const,
    created_at: from + index,
  }));
  await seedEqual(orders);
  return { from, to: from + 1_000 };
}

/** At Lesspay, and in the records alike. */
async function seedEqual(
  orders: readonly { request_id: string; status: 'CLOSED'; created_at: number }[],
): Promise<void> {
  for (const { request_id, pay_order_id, created_at } of rig.sandbox.orders.seed(orders)) {
    const changed = { status: 'CLOSED', pay_order_id, created_at: new Date(created_at).toISOString() } as const;
    await rig.records.record(writeOf(request_id, 1, changed));
  }
}

const inputOf = (range: ReconciliationInput['range'], give_up_after_ms = 120_000): ReconciliationInput => ({
  range,
  by: 'a test',
  give_up_after_ms,
});

async function start(input: ReconciliationInput) {
  const handle = await startReconciliation(rig.client, input);
  if (!handle) throw new Error('another reconciliation runs');
  return handle;
}

const heartbeatPage = async () => {
  const { raw } = await rig.client.workflow.getHandle(reconciliationId(TASK_QUEUE)).describe();
  const [payload] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  if (!payload?.data) return 0;
  const { page }: { page?: number } = JSON.parse(Buffer.from(payload.data).toString());
  return page ?? 0;
};

it('goes on where it was when its worker goes', async () => {
  const handle = await start(inputOf(await seedPages()));
  await waitFor(async () => (await heartbeatPage()) >= 4, { what: 'a heartbeat from the fourth page' });
  const before = rig.sandbox.calls().query_calls;
  await rig.stopWorker();
  await rig.startWorker();
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'complete', counts: { orders: PAGES * PAGE_SIZE, pages: PAGES + 1 } });
  expect(rig.sandbox.calls().query_calls - before).toBeLessThan(PAGES);
});

it('while Lesspay is down it tries again, and says so where it runs', async () => {
  const range = await seedPages(2);
  rig.sandbox.faults.add({ on: 'query', http_status: 503, times: 3 });
  const handle = await start(inputOf(range));
  await waitFor(
    async () => {
      const { raw } = await handle.describe();
      const { lastFailure } = raw.pendingActivities?.[0] ?? {};
      return lastFailure?.applicationFailureInfo?.type === 'LesspayUnavailable';
    },
    { what: 'the failure in the UI' },
  );
  expect(await handle.result()).toMatchObject({ outcome: 'complete', counts: { orders: 4 } });
});

it("a CDN's pages in the place of Lesspay's are tried again, and none is taken for the end of the list", async () => {
  const range = await seedPages(2);
  for (const http_status of [403, 200, 400, 404] as const) {
    const status = http_status === 200 ? {} : { http_status, takes_effect: true };
    rig.sandbox.faults.add({ on: 'query', ...status, body: 'html' });
  }
  const handle = await start(inputOf(range));
  expect(await handle.result()).toMatchObject({ outcome: 'complete', counts: { orders: 4, pages: 3 }, notes: [] });
});

it('while Lesspay stays down it gives up in time: it fails, and its report says why', async () => {
  const range = await seedPages(2);
  rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
  const handle = await start(inputOf(range, 4_000));
  const result = await reconciliationResult(handle);
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'gave_up', message: expect.stringMatching(`gave up: .*HTTP 503.*report ${result.report_id}`) },
  });
  expect(result).toMatchObject({ outcome: 'gave_up', saved: true, counts: { orders: 0 } });
  expect(result.notes.join()).toMatch(/Lesspay could not handle the request \(HTTP 503\)/);
  expect(await rig.records.reconciliations.find(result.report_id)).toMatchObject({ outcome: 'gave_up' });
});

it('credentials that Lesspay refuses end it at once', async () => {
  const range = await seedPages(2);
  rig.sandbox.faults.add({ on: 'query', http_status: 401, times: null });
  const result = await reconciliationResult(await start(inputOf(range)));
  expect(result).toMatchObject({ outcome: 'gave_up' });
  expect(result.notes.join()).toMatch(/credentials/);
});

it('while the records are down it tries again', async () => {
  const range = await seedPages(2);
  down = true;
  try {
    const handle = await start(inputOf(range));
    await waitFor(async () => ((await handle.describe()).raw.pendingActivities?.[0]?.attempt ?? 0) > 1, {
      what: 'a second attempt',
    });
    down = false;
    expect(await handle.result()).toMatchObject({ outcome: 'complete', counts: { orders: 4 } });
  } finally {
    down = false;
  }
});

it('a report whose time is up while the records are down is kept as soon as they are back', async () => {
  const range = await seedPages(1);
  down = true;
  try {
    const handle = await start(inputOf(range, 2_000));
    await waitFor(async () => (await handle.query(progressQuery)).step === 'reporting', { what: 'its end' });
    down = false;
    expect(await reconciliationResult(handle)).toMatchObject({ outcome: 'gave_up', saved: true });
  } finally {
    down = false;
  }
});

it('one whose report can not be kept fails, and says so', async () => {
  const range = await seedPages(1);
  reportsAreRefused = true;
  try {
    const handle = await start(inputOf(range));
    const result = await reconciliationResult(handle);
    expect(result).toMatchObject({ outcome: 'complete', saved: false, counts: { pages: 2 } });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'report_not_kept' } });
    expect(result.notes.join()).toMatch(/could not be kept: the disk is full/);
  } finally {
    reportsAreRefused = false;
  }
});

it('a server that knows no pages is noticed, and what it shows is compared', async () => {
  const { from } = await seedPages(1);
  // All rows are one order: as if every page were the first.
  const request_id = newRequestId();
  rig.sandbox.orders.seed([{ request_id, status: 'CLOSED', created_at: from + 2_000 }]);
  await seedPages(3);
  const range = { from: Date.now() - day * 24 * 3_600_000 - 1_000, to: Date.now() - day * 24 * 3_600_000 + 1_000 };
  rig.sandbox.faults.add({ on: 'query', row_request_id: request_id, row_pay_order_id: 'P1', times: null });
  const handle = await start(inputOf(range));
  const result = await reconciliationResult(handle);
  expect(result).toMatchObject({ outcome: 'incomplete', counts: { orders: 1 } });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'incomplete' } });
  expect(await rig.records.reconciliations.find(result.report_id)).toMatchObject({ outcome: 'incomplete' });
  expect(result.notes.join()).toMatch(/page 2 is no new one.*Lesspay speaks of 6 orders, its pages held 2/);
});

it('a range that is longer than Lesspay shows at once is asked for in parts', async () => {
  const before = (days: number) => Date.now() - days * 24 * 3_600_000;
  for (const created_at of [before(39), before(31), before(25.5)])
    await seedEqual([{ request_id: newRequestId(), status: 'CLOSED' as const, created_at }]);
  const result = await (await start(inputOf({ from: before(40), to: before(25) }))).result();
  expect(result).toMatchObject({ outcome: 'complete', counts: { orders: 3, pages: 3, differences: 0 } });
});

describe('never two at once', () => {
  const slow = () => rig.sandbox.faults.add({ on: 'query', delay_ms: 3_000 });
  const scheduled = (name: string, input: ReconciliationInput) =>
    rig.client.workflow.start<typeof scheduledReconciliation>(SCHEDULED_RECONCILIATION_WORKFLOW, {
      workflowId: onlyOneOf(name, TASK_QUEUE),
      taskQueue: TASK_QUEUE,
      args: [input],
    });

  it('a second one by hand is not started', async () => {
    slow();
    const handle = await start(inputOf(await seedPages(1)));
    expect(await startReconciliation(rig.client, inputOf(await seedPages(1)))).toBeUndefined();
    const running = await runningReconciliation(rig.client);
    expect(await running?.result()).toEqual(await handle.result());
    expect(await runningReconciliation(rig.client)).toBeUndefined();
  });

  it('a scheduled one waits its turn', async () => {
    slow();
    const first = await start(inputOf(await seedPages(1)));
    const waiting = await scheduled('waits', inputOf(await seedPages(1)));
    const reports = await Promise.all([first.result(), waiting.result()]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
    const [one, two] = reports;
    expect(Date.parse(two.started_at)).toBeGreaterThanOrEqual(Date.parse(one.finished_at ?? ''));
  });

  it('a scheduled one that gives up fails as the one it ran does', async () => {
    rig.sandbox.faults.add({ on: 'query', http_status: 401, times: null });
    const handle = await scheduled('fails', inputOf(await seedPages(1)));
    await expect(handle.result()).rejects.toMatchObject({ cause: { cause: { type: 'gave_up' } } });
  });

  it('one whose turn does not come says so in a report', async () => {
    slow();
    const first = await start(inputOf(await seedPages(1)));
    const result = await (await scheduled('skipped', inputOf(await seedPages(1), 60_000))).result();
    expect(result).toMatchObject({ outcome: 'skipped', notes: ['another reconciliation ran all the time'] });
    expect(await rig.records.reconciliations.find(result.report_id)).toMatchObject({ outcome: 'skipped' });
    await first.result();
  });

  it('Cancel ends one cleanly, with a report', async () => {
    rig.sandbox.faults.add({ on: 'query', delay_ms: 20_000 });
    const handle = await start(inputOf(await seedPages(1)));
    await waitFor(
      async () => (await handle.describe()).raw.pendingActivities?.[0]?.activityType?.name === 'compareOrders',
      {
        what: 'the first page asked for',
      },
    );
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled', saved: true });
  });
});

it.each([
  ['no dates', { from: 'yesterday', to: 'today' }],
  ['a date that is written otherwise', { from: '01.11.2026', to: '2026-11-02' }],
  ['an end before its start', { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' }],
  ['a future', { from: Date.now() + 3_600_000, to: Date.now() + 7_200_000 }],
])('a range with %s is refused', async (_what, range) => {
  await expect((await start(inputOf(range))).result()).rejects.toMatchObject({ cause: { type: 'bad_range' } });
});

describe('the schedules', () => {
  const ids = ['reconcile-recent', 'reconcile-week'].map((name) => onlyOneOf(name, TASK_QUEUE));
  const handles = () => ids.map((id) => rig.client.schedule.getHandle(id));
  afterAll(() => Promise.all(handles().map((handle) => handle.delete())));

  it('are made once, brought up to date, and stay paused where somebody paused them', async () => {
    expect(await scheduleReconciliations(rig.client)).toEqual(ids);
    const [recent] = handles();
    if (!recent) throw new Error('there is a schedule');
    await recent.pause('Lesspay moves house');
    await recent.update((previous) => ({ ...previous, spec: { intervals: [{ every: '1 hour' }] } }));
    expect(await scheduleReconciliations(rig.client)).toEqual([]);
    const { state, spec, policies, action } = await recent.describe();
    expect(state).toMatchObject({ paused: true, note: 'Lesspay moves house' });
    expect(spec.intervals).toMatchObject([{ every: 15 * 60_000 }]);
    expect(policies).toMatchObject({ overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 15 * 60_000 });
    expect(action).toMatchObject({ workflowType: SCHEDULED_RECONCILIATION_WORKFLOW, taskQueue: TASK_QUEUE });
  });

  it('run a reconciliation of the last hours', async () => {
    const [recent] = handles();
    await recent?.trigger();
    const ran = async () => (await rig.records.reconciliations.list(1))[0];
    await waitFor(async () => (await ran())?.by === 'reconcile-recent', {
      what: 'a report of it',
    });
    await waitFor(async () => (await ran())?.outcome !== undefined, { what: 'its end' });
    const report = await ran();
    expect(Date.parse(report?.to ?? '') - Date.parse(report?.from ?? '')).toBe(6 * 3_600_000);
  });
});
