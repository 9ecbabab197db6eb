import { acknowledge, resolve, stopWatching } from '../../payin/operator';
import { PayinRun } from '../../workflows/payin/run';
import { nextWait } from '../../payin/watch';
import { DEFAULT_POLL_SCHEDULE } from '../../payin/poll-schedule';
import { claim, claimedAndAsked, codes, fresh, HOUR, made, MINUTE, T } from './fresh-run';
import { orderRefused, orderSeen, takenByAnother, wasAsked } from '../../payin/answers';
import { raiseAlert } from '../../payin/journal';

/** What a run concludes from one message or answer, without a server: the corners that are rare in real life. */

function inDoubt(): PayinRun {
  const run = fresh();
  run.facts.doubt_since = T;
  return run;
}

describe("somebody else's order under our request_id", () => {
  it('is not asked about, whatever hint came before', () => {
    const run = fresh();
    run.receive(claim('SUCCEED'), T);
    takenByAnother(run.facts, '1201', T);
    expect(run.facts.hinted).toBe(false);
  });

  it('is never reported as ours, also when an answer was on its way', () => {
    const run = fresh();
    takenByAnother(run.facts, '1201', T);
    orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'OTHER', status: 'SUCCEED' }, T);
    expect(run.payin.status).toBe('REJECTED');
    expect(codes(run)).toEqual(['request_id_taken']);
  });

  it('is not adopted after the watch window either', () => {
    const run = inDoubt();
    run.facts.creation_over = true;
    wasAsked(run.facts, { planned_at: T + 8 * 86_400_000, at: T }, T + 8 * 86_400_000);
    expect(run.payin.status).toBe('UNRESOLVED');
    run.receive(claim('SUCCEED'), T);
    expect(run.facts.hinted).toBe(true);
    orderSeen(
      run.facts,
      { request_id: 'r1', pay_order_id: 'OTHER', status: 'SUCCEED', description: 'something else' },
      T,
    );
    expect(run.payin.status).toBe('REJECTED');
    expect(codes(run)).toEqual(['unresolved', 'request_id_taken']);
  });

  it('gives us no checkout page', () => {
    const run = inDoubt();
    orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'P1', status: 'PENDING_PAY' }, T);
    orderSeen(
      run.facts,
      { request_id: 'r1', pay_order_id: 'P2', status: 'PENDING_PAY', checkout_url: 'https://x.example' },
      T,
    );
    expect(codes(run)).toEqual(['identity_mismatch']);
    expect(run.view().checkout_url).toBeUndefined();
  });
});

describe('a claim is dealt with when query-order shows it', () => {
  it('as a conflict', () => {
    const run = made();
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    claimedAndAsked(run, 'FAILED');
    orderSeen(run.facts, { status: 'FAILED' }, T);
    expect(codes(run)).toEqual(['status_conflict']);
    acknowledge.act(run.facts, { who: 'ops', why: 'asked Lesspay' }, T);
    expect(run.finished).toBe(true);
  });

  it('as a payment of another amount', () => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    orderSeen(run.facts, { status: 'SUCCEED', amount: '1.00' }, T);
    expect([run.payin.status, run.facts.claims]).toEqual(['PAID', []]);
  });

  it('as overtaken, when the rest of the money came meanwhile', () => {
    const run = made();
    run.receive(claim('PAID'), T);
    claimedAndAsked(run, 'SUCCEED');
    orderSeen(run.facts, { status: 'SUCCEED' }, T);
    // Or it is more money, and query-order lags behind: asked about for a quarter of an hour.
    expect(run.finished).toBe(false);
    const wait = nextWait({ ...run.facts, claim_asks: 9, polled_for: T + HOUR }, T, 0.5);
    orderSeen(run.facts, { status: 'SUCCEED' }, wait?.at ?? T);
    expect([run.finished, run.facts.alerts, wait?.at]).toEqual([true, [], T + 15 * MINUTE]);
  });

  it('as void, when Lesspay refused to create the order', () => {
    const run = fresh();
    claimedAndAsked(run, 'PENDING_PAY');
    orderRefused(run.facts, { message: 'no' }, T);
    expect(run.finished).toBe(true);
  });

  it('but not when another order was shown', () => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    orderSeen(run.facts, { pay_order_id: 'P2', status: 'SUCCEED' }, T);
    expect(run.facts.claims).toHaveLength(1);
  });
});

it('adopts an order once, also when its status is unknown to us', () => {
  const run = inDoubt();
  orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'P1', status: 'WEIRD' }, T);
  run.facts.polled_for = T + 99;
  orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'P1', status: 'WEIRD' }, T);
  expect(run.facts.polled_for).toBe(T + 99);
});

it('takes back the outcome time when money that differs arrives after the end', () => {
  const run = made();
  orderSeen(run.facts, { status: 'CLOSED' }, T);
  orderSeen(run.facts, { status: 'PAID' }, T + 1);
  expect(run.view().outcome_at).toBeUndefined();
});

it('flags answers that can not be read once while they last, and again after an acknowledgement', () => {
  const run = made();
  const unreadable = (message: string) => raiseAlert(run.facts, { code: 'query_unreadable', message }, T);
  unreadable('trace 1');
  unreadable('trace 2');
  expect(run.openAlerts).toHaveLength(1);
  acknowledge.act(run.facts, { who: 'ops', why: 'mended' }, T);
  unreadable('trace 3');
  expect(run.openAlerts).toHaveLength(1);
});

it('takes a signal that was sent by hand and holds nothing for a hint', () => {
  const run = made();
  run.receive(undefined, T);
  expect(run.facts.hinted).toBe(true);
  run.facts.hinted = false;
  run.wake(undefined, T);
  expect(run.facts.hinted).toBe(true);
});

it('carries twenty open alerts of a code at most, whatever Lesspay repeats', () => {
  const run = made();
  for (let number = 0; number < 100; number += 1)
    run.receive({ ...claim('SUCCEED'), digest: `${number}`, pay_order_id: `OTHER${number}` }, T);
  expect(run.openAlerts).toHaveLength(20);
});

describe('an order found after Lesspay had refused to make one', () => {
  const refused = () => {
    const run = fresh();
    orderRefused(run.facts, { code: 11, message: 'no' }, T);
    return run;
  };

  it("is not ours where it differs from what was sent, and stays somebody else's", () => {
    const run = refused();
    const other = { request_id: 'r1', pay_order_id: 'OTHER', status: 'SUCCEED', description: 'something else' };
    orderSeen(run.facts, other, T);
    orderSeen(run.facts, other, T);
    expect([run.payin.status, codes(run)]).toEqual(['REJECTED', ['request_id_taken']]);
  });

  it('is ours where it does not: a late payment, and known from then on', () => {
    const run = refused();
    orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'P1', status: 'SUCCEED' }, T);
    expect([run.payin.status, codes(run)]).toEqual(['SUCCEED', ['late_payment']]);
    run.receive(claim('SUCCEED'), T);
    expect(run.facts.hinted).toBe(false);
  });
});

it("an operator's decision is not replaced by somebody else's order", () => {
  const run = inDoubt();
  run.facts.creation_over = true;
  wasAsked(run.facts, { planned_at: T + 8 * 86_400_000, at: T }, T + 8 * 86_400_000);
  resolve.act(run.facts, { who: 'ops', why: 'seen on the bank account', status: 'SUCCEED' }, T);
  orderSeen(run.facts, { request_id: 'r1', pay_order_id: 'OTHER', status: 'FAILED', description: 'something else' }, T);
  expect([run.payin.status, run.openAlerts.map(({ code }) => code)]).toEqual(['SUCCEED', ['request_id_taken']]);
});

describe('a claim is followed up', () => {
  it('also when nobody watches any more, however often it was asked about', () => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    for (let asks = 0; asks < 10; asks += 1) wasAsked(run.facts, undefined, T);
    stopWatching.act(run.facts, { who: 'ops', why: 'a test' }, T);
    expect(nextWait(run.facts, T, 0.5)?.at).toBeLessThan(T + 86_400_000);
  });

  it('soon, also when its hint was used up by a look-up', () => {
    const run = made();
    claimedAndAsked(run, 'SUCCEED');
    expect(nextWait(run.facts, T, 0.5)?.at).toBe(T + 1_000);
  });

  it('and a status that is unknown to us is flagged, also when only a webhook says so', () => {
    const run = made();
    run.receive(claim('CHARGEBACK'), T);
    expect([codes(run), run.facts.hinted]).toEqual([['unknown_status'], true]);
  });
});

it('where nobody watches, the window still ends in the open', () => {
  const run = made();
  stopWatching.act(run.facts, { who: 'ops', why: 'a test' }, T);
  const wait = nextWait(run.facts, T, 0.5);
  expect(wait?.at).toBe(T + 7 * 86_400_000);
  wasAsked(run.facts, wait?.poll, T + 7 * 86_400_000);
  expect([run.payin.status, codes(run)]).toEqual(['UNRESOLVED', ['unresolved']]);
});

describe('a resumed run', () => {
  const resumed = () =>
    new PayinRun({ resume: { request_id: 'r1' }, poll_schedule: DEFAULT_POLL_SCHEDULE }, 'payin-r1', T);

  it('flags what it could not read of the run before it, and asks Lesspay', () => {
    const run = resumed();
    run.load({ facts: made().facts, unread_run_id: 'abc' }, T);
    expect([codes(run), run.facts.hinted]).toEqual([['history_unreadable'], true]);
  });

  it("does not take a stranger's knowledge for its own", () => {
    const run = resumed();
    const { facts } = made();
    run.load({ facts: { ...facts, payin: { ...facts.payin, request_id: 'r2' } } }, T);
    expect([run.payin.request_id, codes(run)]).toEqual(['r1', ['unknown_order']]);
  });
});

it.each([{ digest: 'x', event: 5 }, { digest: 5 }, 42, null, ['x']])(
  'takes a webhook signal that holds %j for a hint',
  (held) => {
    const run = made();
    // What a person sends by hand may be of any type.
    const byHand: { receive: (...held: unknown[]) => void; wake: (...held: unknown[]) => void } = Object.create(run);
    byHand.receive(held, T);
    expect(run.facts.hinted).toBe(true);
    byHand.wake({ who: held, why: { long: 'x' } }, T);
    expect(run.facts.audit.at(-1)).toMatchObject({ who: 'somebody', why: 'no reason given' });
  },
);
