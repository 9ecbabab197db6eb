import { acknowledge, resolve } from '../../payin/operator';
import type { PayinRun } from '../../workflows/payin/run';
import { nextWait } from '../../payin/watch';
import { claim, claimedAndAsked, codes, HOUR, made, OPS, T } from './fresh-run';
import { orderSeen, wasAsked } from '../../payin/answers';

/** Money, and words about it, that come when nobody looks any more: without a server. (With one: payin-late-money.test.ts) */

describe('an identical webhook', () => {
  const isAsked = (run: PayinRun, status: string) => {
    claimedAndAsked(run, status);
    run.receive(claim(status), T);
    return run.facts.hinted;
  };

  it('folds while its claim is open', () => {
    const run = made();
    expect(isAsked(run, 'SUCCEED')).toBe(false);
    expect(run.facts.outbox.filter(({ kind }) => kind === 'webhook')).toHaveLength(1);
  });

  it.each(['acknowledged', 'resolved'])('is asked about again where nothing came of it and that was %s', (by) => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    wasAsked(run.facts, { planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    expect([run.payin.status, codes(run)]).toEqual(['UNRESOLVED', ['unconfirmed_claim', 'unresolved']]);
    if (by === 'resolved') resolve.act(run.facts, { ...OPS, status: 'CLOSED' }, T);
    else acknowledge.act(run.facts, OPS, T);
    expect(run.finished).toBe(true);
    run.receive(claim('SUCCEED'), T + 9 * 24 * HOUR);
    expect([run.facts.hinted, run.facts.window_over]).toEqual([true, false]);
    orderSeen(run.facts, { status: 'SUCCEED' }, T + 9 * 24 * HOUR);
    expect(run.payin.status).toBe('SUCCEED');
  });

  it.each(['SUCCEED', 'PENDING_PAY', 'FAILED'])(
    'that says %s, which would change nothing, is folded for good',
    (status) => {
      const run = made();
      orderSeen(run.facts, { status: 'SUCCEED' }, T);
      run.receive(claim('FAILED'), T);
      orderSeen(run.facts, { status: 'FAILED' }, T);
      acknowledge.act(run.facts, OPS, T);
      run.receive(claim(status), T);
      run.facts.hinted = false;
      run.receive(claim(status), T);
      expect([run.facts.hinted, run.finished]).toEqual([false, true]);
    },
  );

  it('with an event is asked about again for its status alone', () => {
    const run = made();
    const dispute = { ...claim('REFUND'), event: 'dispute_received' };
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    run.receive(dispute, T);
    wasAsked(run.facts, { planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    acknowledge.act(run.facts, OPS, T);
    run.facts.hinted = false;
    run.receive(dispute, T);
    expect([run.facts.hinted, run.openAlerts]).toEqual([true, []]);
  });
});

describe('what an operator decided over', () => {
  const decidedTwice = () => {
    const run = made();
    orderSeen(run.facts, { status: 'PAID' }, T);
    resolve.act(run.facts, { ...OPS, status: 'SUCCEED' }, T);
    resolve.act(run.facts, { ...OPS, status: 'REFUND' }, T);
    return run;
  };

  it('is remembered, whatever is decided later', () => {
    const run = decidedTwice();
    orderSeen(run.facts, { status: 'PAID' }, T);
    run.receive(claim('PAID'), T);
    expect([run.payin.status, run.openAlerts, run.facts.hinted]).toEqual(['REFUND', [], false]);
  });

  it.each(['SUCCEED', 'FAILED'])('is not what Lesspay never said before: %s is flagged', (status) => {
    const run = decidedTwice();
    run.receive(claim(status), T);
    expect(run.facts.hinted).toBe(true);
    orderSeen(run.facts, { status }, T);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['status_conflict']);
  });

  it('is that amount alone', () => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED', amount: '99.50' }, T);
    resolve.act(run.facts, { ...OPS, status: 'SUCCEED' }, T);
    orderSeen(run.facts, { status: 'SUCCEED', amount: '99.5' }, T);
    expect(run.openAlerts).toEqual([]);
    orderSeen(run.facts, { status: 'SUCCEED', amount: '199.50' }, T);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['amount_mismatch']);
  });

  describe('says nothing of what a webhook says', () => {
    const decided = (status: 'SUCCEED' | 'REFUND') => {
      const run = made();
      orderSeen(run.facts, { status: 'PAID', amount: '50.00', currency: 'USDT' }, T);
      resolve.act(run.facts, { ...OPS, status }, T);
      expect(run.finished).toBe(true);
      return run;
    };
    const again = (run: PayinRun, at = T) => {
      run.facts.hinted = false;
      orderSeen(run.facts, { status: 'PAID', amount: '50.00', currency: 'USDT' }, at);
    };

    it.each(['SUCCEED', 'REFUND'] as const)('of another amount: asked until it is shown, after %s', (status) => {
      const run = decided(status);
      run.receive({ ...claim('PAID'), amount: '100.00' }, T);
      expect(run.facts.hinted).toBe(true);
      again(run);
      expect(run.finished).toBe(false);
      orderSeen(run.facts, { status: 'PAID', amount: '100.00', currency: 'USDT' }, T);
      expect([run.facts.claims, run.openAlerts.map(({ code }) => code)]).toEqual([[], ['status_conflict']]);
    });

    it('of another amount, never shown: no more than a notice', () => {
      const run = decided('SUCCEED');
      run.receive({ ...claim('PAID'), amount: '100.00' }, T);
      again(run, T + 2 * HOUR);
      expect([run.finished, run.facts.notices.at(-1)?.code]).toEqual([true, 'late_webhook']);
    });

    it('of no amount: one question, however often it comes, and no alert', () => {
      const run = decided('REFUND');
      run.receive(claim('PAID'), T);
      expect(run.facts.hinted).toBe(true);
      again(run);
      expect([run.finished, run.openAlerts]).toEqual([true, []]);
      run.receive(claim('PAID'), T);
      expect(run.finished).toBe(true);
    });

    it('but of the same amount: not asked', () => {
      const run = decided('REFUND');
      run.receive({ ...claim('PAID'), amount: '50' }, T);
      expect([run.finished, run.facts.notices.at(-1)?.code]).toEqual([true, 'stale_webhook']);
    });
  });

  it("is no excuse for another order's word", () => {
    const run = decidedTwice();
    orderSeen(run.facts, { status: 'PAID', pay_order_id: 'OTHER' }, T);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['identity_mismatch']);
  });
});

describe('after the end', () => {
  const endedAs = (...statuses: string[]) => {
    const run = made();
    for (const status of statuses) orderSeen(run.facts, { status }, T);
    return run;
  };

  it.each([
    [['SUCCEED'], 'PAID'],
    [['SUCCEED', 'REFUND'], 'SUCCEED'],
    [['SUCCEED', 'REFUND'], 'PAID'],
  ])('%j, then %s: asked about, and flagged where true', (ended, status) => {
    const run = endedAs(...ended);
    run.receive(claim(status), T);
    expect(run.facts.hinted).toBe(true);
    run.facts.hinted = false;
    orderSeen(run.facts, { status }, T);
    expect([run.payin.status, codes(run)]).toEqual([ended.at(-1), ['status_conflict']]);
    acknowledge.act(run.facts, OPS, T);
    claimedAndAsked(run, status);
    expect(run.finished).toBe(true);
  });

  it('a refund that was reversed can be decided so', () => {
    const run = endedAs('SUCCEED', 'REFUND', 'SUCCEED');
    expect(resolve.refusal(run.facts, { ...OPS, status: 'SUCCEED' })).toBeUndefined();
    resolve.act(run.facts, { ...OPS, status: 'SUCCEED' }, T);
    expect([run.payin.status, run.finished]).toEqual(['SUCCEED', true]);
  });

  it('money had come, and the order ends unpaid: flagged, whatever was acknowledged before, and decided', () => {
    const run = endedAs('PAID');
    acknowledge.act(run.facts, OPS, T);
    orderSeen(run.facts, { status: 'CLOSED' }, T);
    expect([run.payin.status, run.openAlerts.map(({ code }) => code)]).toEqual(['CLOSED', ['ended_with_money']]);
    expect(resolve.refusal(run.facts, { ...OPS, status: 'FAILED' })).toMatch(/SUCCEED, REFUND/);
    resolve.act(run.facts, { ...OPS, status: 'REFUND' }, T);
    orderSeen(run.facts, { status: 'CLOSED' }, T);
    expect([run.payin.status, run.finished]).toEqual(['REFUND', true]);
  });
});

describe('a refund of a part', () => {
  const part = { ...claim('REFUND'), amount: '40.00', currency: 'USDT' };
  const paid = () => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED', amount: '100.00', currency: 'USDT' }, T);
    return run;
  };
  const told = (run: PayinRun) => run.facts.outbox.filter(({ kind }) => kind === 'part_refund').map(({ data }) => data);

  it('that query-order shows is flagged and told once; the status stays', () => {
    const run = paid();
    run.receive(part, T);
    for (let asks = 0; asks < 3; asks += 1)
      orderSeen(run.facts, { status: 'REFUND', amount: '40.00', currency: 'USDT' }, T + asks);
    expect([run.payin.status, codes(run), run.facts.claims]).toEqual(['SUCCEED', ['part_refund'], []]);
    expect(told(run)).toEqual([{ amount: '40.00', currency: 'USDT' }]);
    orderSeen(run.facts, { status: 'REFUND', amount: '70', currency: 'USDT' }, T);
    expect([codes(run).length, told(run).length]).toEqual([2, 2]);
  });

  it('that query-order does not show is heard of after two hours, once, with its amount', () => {
    const run = paid();
    run.receive(part, T);
    const show = (at: number) => orderSeen(run.facts, { status: 'SUCCEED', amount: '100.00', currency: 'USDT' }, at);
    show(T + HOUR);
    expect(run.facts.alerts).toEqual([]);
    expect(nextWait({ ...run.facts, claim_asks: 9, polled_for: T + HOUR }, T + 1.9 * HOUR, 0.5)?.at).toBe(T + 2 * HOUR);
    show(T + 2 * HOUR);
    show(T + 3 * HOUR);
    expect(run.facts.alerts).toMatchObject([
      { code: 'unconfirmed_claim', message: expect.stringMatching(/REFUND of 40 USDT/) },
    ]);
    wasAsked(run.facts, { planned_at: T + 8 * 24 * HOUR, at: T }, T + 8 * 24 * HOUR);
    expect([run.payin.status, run.facts.alerts.length, told(run)]).toEqual(['SUCCEED', 1, []]);
  });

  it('of which a second one is told beside it', () => {
    const run = paid();
    run.receive(part, T);
    run.receive({ ...part, digest: 'second', amount: '25' }, T);
    expect(run.facts.claims).toHaveLength(2);
    run.receive({ ...part, digest: 'third', amount: '25.0' }, T);
    expect(run.facts.claims).toHaveLength(2);
  });

  it('is not taken for shown where query-order says that all went back', () => {
    const run = paid();
    run.receive(part, T);
    orderSeen(run.facts, { status: 'REFUND', amount: '100.00', currency: 'USDT' }, T + 2 * HOUR);
    expect([run.payin.status, codes(run)]).toEqual(['REFUND', ['unconfirmed_claim']]);
  });
});

describe('a refund of the whole', () => {
  const whole = { ...claim('REFUND'), amount: '100', currency: 'USDT' };
  const part = { status: 'REFUND', amount: '40.00', currency: 'USDT' };
  const partWentBack = () => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED', amount: '100.00', currency: 'USDT' }, T);
    orderSeen(run.facts, part, T);
    acknowledge.act(run.facts, OPS, T);
    run.receive(whole, T);
    run.facts.hinted = false;
    return run;
  };

  it.each([{ amount: '100.00', currency: 'USDT' }, {}])('is not shown by that of a part, but by %j', (stated) => {
    const run = partWentBack();
    orderSeen(run.facts, part, T);
    expect([run.facts.claims.length, run.finished]).toEqual([1, false]);
    orderSeen(run.facts, { status: 'REFUND', ...stated }, T);
    expect([run.payin.status, run.finished]).toEqual(['REFUND', true]);
  });

  it('that is not shown for hours is flagged, and not over by that of a part', () => {
    const run = partWentBack();
    orderSeen(run.facts, { status: 'SUCCEED' }, T + 2 * HOUR);
    orderSeen(run.facts, part, T + 3 * HOUR);
    expect(run.openAlerts).toMatchObject([{ message: expect.stringMatching(/said REFUND of 100 USDT/) }]);
    orderSeen(run.facts, { ...part, amount: '100.00' }, T + 4 * HOUR);
    expect(run.finished).toBe(true);
  });

  it('or of a part, as far as the webhook says, is shown by either', () => {
    for (const amount of ['40.00', '100.00']) {
      const run = made();
      orderSeen(run.facts, { status: 'SUCCEED' }, T);
      run.receive({ ...claim('REFUND'), currency: 'USDT' }, T);
      orderSeen(run.facts, { ...part, amount }, T);
      expect(run.facts.claims).toEqual([]);
    }
  });
});

describe('a claim that is not shown for hours', () => {
  const late = () => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    orderSeen(run.facts, { status: 'PENDING_PAY' }, T + 2 * HOUR);
    expect(run.openAlerts.map(({ code }) => code)).toEqual(['unconfirmed_claim']);
    return run;
  };

  it('is over by itself when it is shown', () => {
    const run = late();
    orderSeen(run.facts, { status: 'SUCCEED' }, T + 3 * HOUR);
    expect(run.view().alerts).toMatchObject([{ code: 'unconfirmed_claim', over_at: expect.any(String) }]);
    expect(run.finished).toBe(true);
  });

  it('is dealt with when a person says so, and asked about anew when it comes anew', () => {
    const run = late();
    acknowledge.act(run.facts, OPS, T);
    expect(run.facts.claims).toEqual([]);
    run.receive({ ...claim('SUCCEED'), digest: 'anew' }, T + 4 * HOUR);
    expect([run.facts.claims.length, run.facts.hinted]).toEqual([1, true]);
    orderSeen(run.facts, { status: 'PENDING_PAY' }, T + 6 * HOUR);
    expect(run.openAlerts).toHaveLength(1);
  });

  it('waits no longer because it is said again and again', () => {
    const run = made();
    for (let hours = 0; hours < 2; hours += 0.5)
      run.receive({ ...claim('SUCCEED'), digest: `${hours}` }, T + hours * HOUR);
    orderSeen(run.facts, { status: 'PENDING_PAY' }, T + 2 * HOUR);
    expect(codes(run)).toEqual(['unconfirmed_claim']);
  });
});
