import { startReconciliation } from '../../client/reconcile';
import { differenceTable, isSettled, summary } from '../../scripts/reconciliation-table';
import { TASK_QUEUE } from '../../temporal.config';
import type { ReconciliationReport } from '../../records/reconciliation-report';
import { fromSetUp, newRequestId, type PayinRig, startRig } from '../machinery/payin-rig';
import { waitFor } from '../machinery/wait-for';
import { pressCtrlC, runScript, startScript } from './running-script';

const env = { TEMPORAL_ADDRESS: fromSetUp('TEST_TEMPORAL_ADDRESS'), TEMPORAL_TASK_QUEUE: TASK_QUEUE };

/** In UTC. */
const dateBefore = (days: number): string => new Date(Date.now() - days * 24 * 3_600_000).toISOString().slice(0, 10);

describe('npm run reconcile', () => {
  let rig: PayinRig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.sandbox.faults.clear());

  it.each([
    [[], /--from/],
    [['--from', 'monday'], /--from monday can't be read: it must be RFC 3339, .* or a date alone/],
    [['--from', '01.11.2026'], /--from 01.11.2026 can't be read/],
    [['--from', '2026-03-01', '--to', '2026-02-30'], /--to 2026-02-30 can't be read/],
    [['--from', '2026-03-02', '--to', '2026-03-01'], /--from 2026-03-02 is not before --to 2026-03-01/],
  ])('says how it is used, and what is wrong, when it is given %j', async (args, wrong) => {
    const { code, output } = await runScript('reconcile', args, env);
    expect(code).toBe(1);
    expect(output).toMatch(/^usage: npm run reconcile/);
    expect(output).toMatch(wrong);
  });

  it('prints what differed, and what became of it; by its exit code, whether anything is left', async () => {
    const [from = '', to = ''] = [3, 2].map((days) => dateBefore(days));
    const created_at = Date.parse(from) + 1_000;
    const request_id = newRequestId();
    rig.sandbox.orders.seed([{ request_id, status: 'SUCCEED', created_at }]);
    const args = ['--from', from, '--to', to, '--who', 'mia'];
    const first = await runScript('reconcile', args, env);
    expect(first).toMatchObject({ code: 0 });
    expect(first.output).toMatch(new RegExp(`unknown_to_us +${request_id} .* SUCCEED 100.00 USDT  resumed  repaired`));
    expect(first.output).toMatch(new RegExp(`complete: 1 orders from ${from}T00:00:00.000Z to ${to}T00:00:00.000Z`));
    rig.sandbox.faults.add({ on: 'query', amount: '99.00', times: null });
    const second = await runScript('reconcile', args, env);
    expect(second).toMatchObject({ code: 2 });
    expect(second.output).toMatch(/amount_differs .* still_differs/);
    expect((await rig.records.reconciliations.list(1))[0]).toMatchObject({ by: 'mia', counts: { differences: 1 } });
  });

  it('prints the report of one that gave up, too', async () => {
    rig.sandbox.faults.add({ on: 'query', http_status: 401, times: null });
    const { code, output } = await runScript('reconcile', ['--from', dateBefore(3), '--to', dateBefore(2)], env);
    expect(code).toBe(2);
    expect(output).toMatch(/^gave_up: 0 orders from .*\n0 differences\nnote: .*credentials.*\nreport /m);
  });

  it('never runs beside another; follows that one, and leaves it running', async () => {
    expect(await runScript('reconcile', ['--follow'], env)).toMatchObject({ code: 1, output: 'None is running.\n' });
    const fault = rig.sandbox.faults.add({ on: 'query', http_status: 503, times: null });
    const range = { from: dateBefore(5), to: dateBefore(4) };
    const handle = await startReconciliation(rig.client, { range, by: 'a test', give_up_after_ms: 60_000 });
    const refused = await runScript('reconcile', ['--from', dateBefore(5)], env);
    expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/--follow/) });
    const follow = async () => {
      const follower = startScript('reconcile', ['--follow'], env);
      await waitFor(() => follower.output().includes('comparing'), { what: 'the step it is at' });
      return follower;
    };
    const impatient = await follow();
    pressCtrlC(impatient);
    expect(await impatient.exited).toBe(130);
    expect(impatient.output()).toMatch(/goes on without us/);
    const patient = await follow();
    rig.sandbox.faults.remove(fault.id);
    expect(await patient.exited).toBe(0);
    expect(await handle?.result()).toMatchObject({ outcome: 'complete' });
  });
});

describe('the report', () => {
  const report: ReconciliationReport = {
    report_id: 'run-1',
    by: 'mia',
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-03-02T00:00:00.000Z',
    started_at: '2026-03-02T00:00:00.000Z',
    outcome: 'complete',
    notes: [],
    counts: {
      orders: 7,
      pages: 1,
      asked_by_id: 0,
      not_ours: 0,
      differences: 2,
      by_kind: { status_behind: 2 },
      by_result: { repaired: 1, acknowledged: 1 },
    },
  };

  it('is settled when all is repaired, or dealt with by a person, and all was looked at', () => {
    expect(isSettled(report)).toBe(true);
    expect(isSettled({ ...report, outcome: 'incomplete' })).toBe(false);
    const counts = { ...report.counts, by_result: { repaired: 1, not_yet: 1 } };
    expect(isSettled({ ...report, counts })).toBe(false);
  });

  it('says in words what was found', () => {
    expect(summary({ ...report, notes: ['slow'] })).toBe(
      `complete: 7 orders from ${report.from} to ${report.to}, on 1 pages, and 0 asked for by id
2 differences: 2 status_behind; 1 repaired, 1 acknowledged
note: slow
report run-1`,
    );
  });

  it('is a table of what differs', () => {
    const table = differenceTable([
      {
        kind: 'status_behind',
        request_id: 'r1',
        pay_order_id: 'P1',
        ours: { status: 'PENDING_PAY', amount: '1', currency: 'EUR' },
        theirs: { status: 'SUCCEED' },
        action: 'woken',
        result: 'repaired',
      },
      { kind: 'unreadable_row', action: 'reported', result: 'still_differs' },
    ]);
    expect(table).toBe(
      `kind            request_id  pay_order_id  ours               Lesspay  action    result
status_behind   r1          P1            PENDING_PAY 1 EUR  SUCCEED  woken     repaired
unreadable_row  -           -             -                  -        reported  still_differs`,
    );
  });
});
