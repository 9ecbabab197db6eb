import { acknowledge, resolve } from '../../payin/operator';
import type { PayinRun } from '../../workflows/payin/run';
import { nextWait } from '../../payin/watch';
import { claim, codes, fresh, HOUR, made, OPS, T } from './fresh-run';

/** What is flagged, how often, and when it is over by itself: without a server. */

describe('a condition that is over', () => {
  const shown = (run: PayinRun) =>
    run.view().alerts.map(({ code, over_at, acknowledged_at }) => ({ code, over: !!over_at, by: !!acknowledged_at }));

  it.each(['credentials', 'query_unreadable'] as const)('%s: any answer ends it, with both times kept', (code) => {
    const run = made();
    run.flag({ code, message: 'no' }, T);
    run.observe({ status: 'PENDING_PAY' }, T + HOUR);
    expect(run.facts.alerts).toEqual([{ code, message: 'no', at: T, over_at: T + HOUR }]);
    expect(run.facts.outbox.at(-1)).toMatchObject({ kind: 'alert_over', data: { code, message: 'no' } });
    run.flag({ code, message: 'no' }, T + 2 * HOUR);
    run.notFound(T + 3 * HOUR);
    expect(shown(run)).toEqual([
      { code, over: true, by: false },
      { code, over: true, by: false },
    ]);
  });

  it('credentials: also the answer that made the order, or refused it', () => {
    const [ok, refused] = [fresh(), fresh()];
    for (const run of [ok, refused]) run.credentialsRefused('no', T);
    ok.created({ pay_order_id: 'P1' }, T);
    refused.refused({ code: 11, message: 'no' }, T);
    expect([ok.openAlerts, refused.openAlerts]).toEqual([[], []]);
    const inVain = fresh();
    inVain.credentialsRefused('no', T);
    inVain.refused({ message: 'never reached' }, T);
    expect(inVain.openAlerts).toHaveLength(1);
  });

  it.each(['credentials', 'query_unreadable'] as const)('%s: asked about each hour where nothing else asks', (code) => {
    const run = made();
    run.observe({ status: 'SUCCEED' }, T);
    run.flag({ code, message: 'no' }, T);
    expect(nextWait(run.facts, T, 0.5)).toEqual({ at: T + HOUR });
    run.facts.watching = false;
    expect(nextWait(run.facts, T, 0.5)).toBeUndefined();
    run.facts.watching = true;
    run.observe({ status: 'SUCCEED' }, T + HOUR);
    expect([run.finished, nextWait(run.facts, T + HOUR, 0.5)]).toEqual([true, undefined]);
  });

  it('unresolved: an outcome after all', () => {
    const run = made();
    run.asked({ planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    run.observe({ status: 'SUCCEED' }, T);
    expect(shown(run)).toEqual([{ code: 'unresolved', over: true, by: false }]);
  });

  it('is not what a person has acknowledged or decided', () => {
    const run = made();
    run.credentialsRefused('no', T);
    acknowledge.act(run, OPS, T);
    run.flag({ code: 'query_unreadable', message: 'no' }, T);
    run.observe({ status: 'PENDING_PAY' }, T);
    run.asked({ planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    resolve.act(run, { ...OPS, status: 'CLOSED' }, T);
    run.observe({ status: 'CLOSED' }, T);
    expect(shown(run)).toEqual([
      { code: 'credentials', over: false, by: true },
      { code: 'query_unreadable', over: true, by: false },
      { code: 'unresolved', over: false, by: true },
    ]);
  });

  it('a fact is never over by itself', () => {
    const run = made();
    run.observe({ status: 'PAID' }, T);
    run.observe({ status: 'SUCCEED' }, T);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['amount_mismatch']);
  });
});

describe('an event that we have no name for', () => {
  it.each(['dispute_lost', 'chargeback', 'DISPUTE_RECEIVED', 'Payment_Declined'])('%s: flagged and told', (event) => {
    const run = made();
    run.observe({ status: 'SUCCEED' }, T);
    run.receive({ ...claim('SUCCEED'), event }, T);
    run.receive({ ...claim('SUCCEED'), event }, T);
    run.receive({ ...claim('SUCCEED'), event, digest: 'again' }, T);
    expect(run.facts.alerts).toMatchObject([{ code: 'unknown_event', message: expect.stringContaining(event) }]);
    expect(run.facts.outbox.filter(({ kind }) => kind === 'event').map(({ data }) => data)).toEqual([
      { event },
      { event },
    ]);
    acknowledge.act(run, OPS, T);
    run.receive({ ...claim('SUCCEED'), event, digest: 'another' }, T);
    expect([run.openAlerts.length, run.payin.status]).toEqual([1, 'SUCCEED']);
  });
});

it('a status that is unknown to us is flagged once, whether a webhook or query-order says it', () => {
  const run = made();
  run.receive(claim('FROZEN'), T);
  run.observe({ status: 'FROZEN' }, T);
  expect(codes(run)).toEqual(['unknown_status']);
});
