import type { Records } from '../../records/payin-records';
import type { NotedDifference } from '../../records/reconciliation-records';
import { recordsOn } from '../../records/records-on';
import { DATABASES } from './databases';
import { newRequestId, viewOf, writeOf } from './payin-writes';

const RANGE = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' };
const START = { ...RANGE, by: 'a test', started_at: '2026-03-02T01:00:00.000Z' };
const END = {
  finished_at: '2026-03-02T01:01:00.000Z',
  outcome: 'complete',
  notes: [],
  asked_by_id: 1,
  not_ours: 3,
  pages: 2,
} as const;
const WHOLE = { after: '', limit: 100 };

let last = 0;
const newReport = () => ({ ...START, report_id: `report-${(last += 1)}` });
const behind = (order_key: string): NotedDifference => ({
  order_key,
  kind: 'status_behind',
  request_id: order_key,
  ours: { status: 'PENDING_PAY', amount: '100.00' },
  theirs: { status: 'SUCCEED' },
  action: 'woken',
  result: 'not_yet',
  last_event: 3,
});

describe.each(DATABASES)('on $name', ({ create }) => {
  let records: Records;
  beforeAll(async () => {
    records = recordsOn(await create());
  });
  afterAll(() => records.close());

  const recorded = async (changed: Parameters<typeof viewOf>[1] = {}) => {
    const request_id = newRequestId();
    await records.record({ ...writeOf(request_id, 1), payin: viewOf(request_id, changed) });
    return request_id;
  };

  it('many are found at once, and those that are not recorded are left out', async () => {
    const ids = [await recorded(), await recorded()];
    const found = await records.findMany([...ids, newRequestId()]);
    expect(found.map(({ request_id }) => request_id).sort()).toEqual([...ids].sort());
    expect(found).toContainEqual(await records.find(ids[0] ?? ''));
    expect(await records.findMany([])).toEqual([]);
  });

  it('a page that shows only what other pages have shown is known by it, also when it is told of twice', async () => {
    const report = newReport();
    await records.reconciliations.open(report);
    const page = (number: number, part: number, ...keys: string[]) =>
      records.reconciliations.see({
        report_id: report.report_id,
        part,
        page: number,
        orders: keys.map((order_key) => ({ order_key })),
      });
    expect(await page(1, 1, 'a', 'b')).toBe(2);
    expect(await page(2, 1, 'b', 'c')).toBe(1);
    expect(await page(2, 1, 'b', 'c')).toBe(1);
    expect(await page(3, 1, 'b', 'c')).toBe(0);
    expect(await page(4, 1)).toBe(0);
    expect(await page(1, 2, 'c')).toBe(1);
    expect((await records.reconciliations.close({ ...END, report_id: report.report_id })).counts.orders).toBe(3);
  });

  it('records that no page has shown, and of which Lesspay should have an order', async () => {
    const report = newReport();
    await records.reconciliations.open(report);
    const day = { created_at: '2026-04-05T10:00:00.000Z' };
    const range = { report_id: report.report_id, from: '2026-04-05T10:00:00.000Z', to: '2026-04-05T10:00:00.001Z' };
    const [missing, shown, shownByOrder] = [await recorded(day), await recorded(day), await recorded(day)];
    await recorded({ ...day, status: 'CREATING' });
    await recorded({ ...day, status: 'REJECTED' });
    await recorded({ created_at: '2026-04-05T10:00:00.001Z' });
    await recorded({ created_at: '2026-04-05T09:59:59.999Z' });
    const taken = newRequestId();
    const write = writeOf(taken, 1, day);
    await records.record({ ...write, facts: { ...write.facts, taken: true } });
    await records.reconciliations.see({
      report_id: report.report_id,
      part: 1,
      page: 1,
      orders: [
        { order_key: shown, request_id: shown },
        { order_key: `P${shownByOrder}`, pay_order_id: `P${shownByOrder}` },
      ],
    });
    const unseen = await records.reconciliations.unseen(range, WHOLE);
    expect(unseen).toEqual([await records.find(missing)]);
    expect(await records.reconciliations.unseen(range, { after: missing, limit: 100 })).toEqual([]);
  });

  it('a difference is kept once, the first; and its result as it was settled', async () => {
    const { report_id, ...start } = newReport();
    await records.reconciliations.open({ report_id, ...start });
    await records.reconciliations.note(report_id, [
      behind('a'),
      behind('b'),
      { ...behind('b'), kind: 'amount_differs' },
    ]);
    await records.reconciliations.note(report_id, [{ ...behind('a'), action: 'reported' }]);
    await records.reconciliations.note(report_id, []);
    const first = await records.reconciliations.awaited(report_id, { limit: 2 });
    expect(first).toEqual([behind('a'), { ...behind('b'), kind: 'amount_differs' }]);
    const after = first.at(-1);
    expect(await records.reconciliations.awaited(report_id, { after, limit: 2 })).toEqual([behind('b')]);
    await records.reconciliations.setResults(report_id, [
      { order_key: 'a', kind: 'status_behind', result: 'repaired' },
    ]);
    expect(await records.reconciliations.awaited(report_id, { limit: 9 })).toHaveLength(2);
    const { order_key: _key, last_event: _last, ...shown } = behind('a');
    expect(await records.reconciliations.differences(report_id, 1)).toEqual([{ ...shown, result: 'repaired' }]);
  });

  it('a report says what was found; closed again, it stays as it was', async () => {
    const { report_id, ...start } = newReport();
    await records.reconciliations.open({ report_id, ...start });
    await records.reconciliations.open({ report_id, ...start, by: 'a repetition' });
    expect(await records.reconciliations.find(report_id)).toEqual({
      report_id,
      ...start,
      notes: [],
      counts: { orders: 0, pages: 0, asked_by_id: 0, not_ours: 0, differences: 0, by_kind: {}, by_result: {} },
    });
    await records.reconciliations.see({ report_id, part: 1, page: 1, orders: [{ order_key: 'a' }] });
    await records.reconciliations.note(report_id, [
      behind('a'),
      { ...behind('b'), result: 'repaired' },
      { ...behind('c'), action: 'reported', result: 'still_differs' },
      { ...behind('d'), action: 'refused', result: 'still_differs' },
      { ...behind('e'), action: 'flagged', result: 'still_differs' },
      { ...behind('f'), action: 'reported', result: 'acknowledged' },
    ]);
    const closed = await records.reconciliations.close({ report_id, ...END, notes: ['slow'] });
    expect(closed).toEqual({
      report_id,
      ...start,
      finished_at: END.finished_at,
      outcome: 'complete',
      notes: ['slow'],
      counts: {
        orders: 1,
        pages: 2,
        asked_by_id: 1,
        not_ours: 3,
        differences: 6,
        by_kind: { status_behind: 6 },
        by_result: { not_yet: 1, repaired: 1, still_differs: 3, acknowledged: 1 },
        unflagged: { status_behind: 2 },
      },
    });
    expect(await records.reconciliations.close({ report_id, ...END, outcome: 'gave_up' })).toEqual(closed);
    expect(await records.reconciliations.find(report_id)).toEqual(closed);
    expect(await records.reconciliations.list(1)).toHaveLength(1);
    expect(await records.reconciliations.find('nobody')).toBeUndefined();
  });

  it('reports of long ago go when a new one begins, with all that belongs to them', async () => {
    const old = { ...newReport(), started_at: '2025-12-01T01:00:00.000Z' };
    await records.reconciliations.open(old);
    await records.reconciliations.note(old.report_id, [behind('a')]);
    await records.reconciliations.open({ ...newReport(), started_at: '2026-03-01T00:59:59.000Z' });
    expect(await records.reconciliations.find(old.report_id)).toMatchObject({ report_id: old.report_id });
    await records.reconciliations.open({ ...newReport(), started_at: '2026-03-01T01:00:00.001Z' });
    expect(await records.reconciliations.find(old.report_id)).toBeUndefined();
    expect(await records.reconciliations.differences(old.report_id, 1)).toEqual([]);
  });
});
