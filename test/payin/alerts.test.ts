import { acknowledge, resolve } from '../../payin/operator';
import type { PayinRun } from '../../workflows/payin/run';
import { nextWait } from '../../payin/watch';
import { claim, codes, fresh, HOUR, made, OPS, T } from './fresh-run';
import {
  credentialsRefused,
  orderNotFound,
  orderSeen,
  wasAsked,
  orderCreated,
  orderRefused,
} from '../../payin/answers';
import { mostUrgentFirst } from '../../payin/alerts';
import { raiseAlert } from '../../payin/journal';

/** What is flagged, how often, and when it is over by itself: without a server. */

describe('a condition that is over', () => {
  const shown = (run: PayinRun) =>
    run.view().alerts.map(({ code, over_at, acknowledged_at }) => ({ code, over: !!over_at, by: !!acknowledged_at }));

  it.each(['credentials', 'query_unreadable'] as const)('%s: any answer ends it, with both times kept', (code) => {
    const run = made();
    raiseAlert(run.facts, { code, message: 'no' }, T);
    orderSeen(run.facts, { status: 'PENDING_PAY' }, T + HOUR);
    expect(run.facts.alerts).toEqual([{ code, message: 'no', at: T, over_at: T + HOUR }]);
    expect(run.facts.outbox.at(-1)).toMatchObject({ kind: 'alert_over', data: { code, message: 'no' } });
    raiseAlert(run.facts, { code, message: 'no' }, T + 2 * HOUR);
    orderNotFound(run.facts, T + 3 * HOUR);
    expect(shown(run)).toEqual([
      { code, over: true, by: false },
      { code, over: true, by: false },
    ]);
  });

  it('credentials: also the answer that made the order, or refused it', () => {
    const [ok, refused] = [fresh(), fresh()];
    for (const run of [ok, refused]) credentialsRefused(run.facts, 'no', T);
    orderCreated(ok.facts, { pay_order_id: 'P1' }, T);
    orderRefused(refused.facts, { code: 11, message: 'no' }, T);
    expect([ok.openAlerts, refused.openAlerts]).toEqual([[], []]);
    const inVain = fresh();
    credentialsRefused(inVain.facts, 'no', T);
    orderRefused(inVain.facts, { message: 'never reached' }, T);
    expect(inVain.openAlerts).toHaveLength(1);
  });

  it.each(['credentials', 'query_unreadable'] as const)('%s: asked about each hour where nothing else asks', (code) => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    raiseAlert(run.facts, { code, message: 'no' }, T);
    expect(nextWait(run.facts, T, 0.5)).toEqual({ at: T + HOUR });
    run.facts.watching = false;
    expect(nextWait(run.facts, T, 0.5)).toBeUndefined();
    run.facts.watching = true;
    orderSeen(run.facts, { status: 'SUCCEED' }, T + HOUR);
    expect([run.finished, nextWait(run.facts, T + HOUR, 0.5)]).toEqual([true, undefined]);
  });

  it('unresolved: an outcome after all', () => {
    const run = made();
    wasAsked(run.facts, { planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    expect(shown(run)).toEqual([{ code: 'unresolved', over: true, by: false }]);
  });

  it('is not what a person has acknowledged or decided', () => {
    const run = made();
    credentialsRefused(run.facts, 'no', T);
    acknowledge.act(run.facts, OPS, T);
    raiseAlert(run.facts, { code: 'query_unreadable', message: 'no' }, T);
    orderSeen(run.facts, { status: 'PENDING_PAY' }, T);
    wasAsked(run.facts, { planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    resolve.act(run.facts, { ...OPS, status: 'CLOSED' }, T);
    orderSeen(run.facts, { status: 'CLOSED' }, T);
    expect(shown(run)).toEqual([
      { code: 'credentials', over: false, by: true },
      { code: 'query_unreadable', over: true, by: false },
      { code: 'unresolved', over: false, by: true },
    ]);
  });

  it('a fact is never over by itself', () => {
    const run = made();
    orderSeen(run.facts, { status: 'PAID' }, T);
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['amount_mismatch']);
  });
});

describe('an event that we have no name for', () => {
  it.each(['dispute_lost', 'chargeback', 'DISPUTE_RECEIVED', 'Payment_Declined'])('%s: flagged and told', (event) => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    run.receive({ ...claim('SUCCEED'), event }, T);
    run.receive({ ...claim('SUCCEED'), event }, T);
    run.receive({ ...claim('SUCCEED'), event, digest: 'again' }, T);
    expect(run.facts.alerts).toMatchObject([{ code: 'unknown_event', message: expect.stringContaining(event) }]);
    expect(run.facts.outbox.filter(({ kind }) => kind === 'event').map(({ data }) => data)).toEqual([
      { event },
      { event },
    ]);
    acknowledge.act(run.facts, OPS, T);
    run.receive({ ...claim('SUCCEED'), event, digest: 'another' }, T);
    expect([run.openAlerts.length, run.payin.status]).toEqual([1, 'SUCCEED']);
  });
});

it('a status that is unknown to us is flagged once, whether a webhook or query-order says it', () => {
  const run = made();
  run.receive(claim('FROZEN'), T);
  orderSeen(run.facts, { status: 'FROZEN' }, T);
  expect(codes(run)).toEqual(['unknown_status']);
});

describe('a dispute', () => {
  const disputed = (...deadlines: readonly (string | undefined)[]) => {
    const run = made();
    for (const [index, event_deadline] of deadlines.entries()) {
      const stated = event_deadline === undefined ? {} : { event_deadline };
      run.receive({ digest: `d${index}`, received_at: '', version: 'v2', event: 'dispute_received', ...stated }, T);
    }
    return mostUrgentFirst(run.openAlerts).map(({ answer_by }) => answer_by);
  };

  it('that is to be answered soonest comes first, one without a deadline last', () => {
    const [soon, later] = ['2027-01-20T10:00:00.000Z', '2027-02-01T10:00:00.000Z'];
    expect(disputed(undefined, later, soon)).toEqual([soon, later, undefined]);
  });

  it('has no deadline where none can be understood', () => {
    expect(disputed('soon', '30.02.2027')).toEqual([undefined, undefined]);
  });
});
