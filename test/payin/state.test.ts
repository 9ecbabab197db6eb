import fc from 'fast-check';
import {
  isOutcome,
  rejected,
  resolvable,
  transition,
  verdict,
  windowEnded,
  type LesspayStatus,
  type Payin,
  type PayinStatus,
  type Verdict,
} from '../../payin/state';

const LESSPAY: LesspayStatus[] = [
  'PENDING_CONFIRM',
  'PENDING_PAY',
  'PAID',
  'SUCCEED',
  'FAILED',
  'CANCELED',
  'CLOSED',
  'REFUND',
];
const ALL: PayinStatus[] = ['CREATING', ...LESSPAY, 'UNRESOLVED', 'REJECTED'];
const MONEY = new Set<PayinStatus>(['SUCCEED', 'PAID', 'REFUND']);

/** The whole table, written out: rows are where the pay-in stands, columns what Lesspay says, in the order of LESSPAY. */
const TABLE: Record<PayinStatus, string> = {
  //                CONFIRM PAY PAID SUCCEED FAILED CANCELED CLOSED REFUND
  CREATING: '       applied applied applied applied applied applied applied applied',
  PENDING_CONFIRM: 'same    applied applied applied applied applied applied applied',
  PENDING_PAY: '    stale   same    applied applied applied applied applied applied',
  PAID: '           stale   stale   same    applied applied applied applied applied',
  SUCCEED: '        stale   stale   conflict same   conflict conflict conflict applied',
  FAILED: '         stale   stale   late    late    same    stale   stale   late',
  CANCELED: '       stale   stale   late    late    stale   same    stale   late',
  CLOSED: '         stale   stale   late    late    stale   stale   same    late',
  REFUND: '         stale   stale   conflict conflict conflict conflict conflict same',
  UNRESOLVED: '     stale   stale   applied applied applied applied applied applied',
  REJECTED: '       stale   stale   late    late    stale   stale   stale   late',
};
const WORD: Record<string, Verdict> = { late: 'late_payment', conflict: 'status_conflict' };

const payin: Payin = {
  request_id: '4711',
  pay_order_id: 'P1',
  amount: '100.00',
  currency: 'USDT',
  status: 'PENDING_PAY',
};
const at = 1_800_000_000_000;
const codes = (alerts: readonly { code: string }[]) => alerts.map(({ code }) => code);

describe('verdict', () => {
  const rows = ALL.flatMap((from) =>
    TABLE[from]
      .trim()
      .split(/\s+/)
      .map((word, column) => ({ from, to: LESSPAY[column] ?? 'PAID', expected: WORD[word] ?? word })),
  );

  it('knows every pair of statuses', () => expect(rows).toHaveLength(ALL.length * LESSPAY.length));

  it.each(rows)('$from, Lesspay says $to: $expected', ({ from, to, expected }) => {
    expect(verdict(from, to)).toBe(expected);
  });
});

describe('transition', () => {
  it('applies a payment and dates its outcome', () => {
    const { payin: after, changes, alerts } = transition(payin, { status: 'SUCCEED', amount: '100', at });
    expect(after).toEqual({ ...payin, status: 'SUCCEED', outcome_at: at });
    expect(changes).toEqual([{ from: 'PENDING_PAY', to: 'SUCCEED' }]);
    expect(alerts).toEqual([]);
  });

  it('learns the order id from the first observation', () => {
    const { pay_order_id: _none, ...fresh } = payin;
    expect(
      transition({ ...fresh, status: 'CREATING' }, { status: 'PENDING_PAY', pay_order_id: 'P9', at }).payin,
    ).toMatchObject({
      pay_order_id: 'P9',
      status: 'PENDING_PAY',
    });
  });

  it.each([
    ['request_id', { request_id: '4712' }],
    ['pay_order_id', { pay_order_id: 'P2' }],
  ])('ignores and flags an observation with another %s', (_what, other) => {
    const result = transition(payin, { ...other, status: 'SUCCEED', at });
    expect(result.payin).toBe(payin);
    expect(codes(result.alerts)).toEqual(['identity_mismatch']);
  });

  it.each([
    ['amount', { amount: '10.00' }],
    ['currency', { currency: 'USD' }],
  ])('takes a payment of another %s for PAID at best, and flags it', (_what, other) => {
    const result = transition(payin, { ...other, status: 'SUCCEED', at });
    expect(result.payin.status).toBe('PAID');
    expect(codes(result.alerts)).toEqual(['amount_mismatch']);
  });

  it('flags PAID: money arrived, a person decides', () => {
    expect(codes(transition(payin, { status: 'PAID', at }).alerts)).toEqual(['amount_mismatch']);
  });

  it('applies and flags money that arrives after the end', () => {
    const result = transition({ ...payin, status: 'CLOSED' }, { status: 'SUCCEED', at });
    expect(result.payin.status).toBe('SUCCEED');
    expect(codes(result.alerts)).toEqual(['late_payment']);
  });

  it('keeps a payment that Lesspay later denies, and flags it', () => {
    const result = transition({ ...payin, status: 'SUCCEED' }, { status: 'FAILED', at });
    expect(result.payin.status).toBe('SUCCEED');
    expect(codes(result.alerts)).toEqual(['status_conflict']);
  });

  it.each(['FAILED', 'CANCELED', 'CLOSED'] as const)(
    'flags %s after money had come, and again a person decides',
    (status) => {
      const { payin: paid } = transition(payin, { status: 'PAID', at });
      const result = transition(paid, { status, at: at + 1 });
      expect(result.payin).toMatchObject({ status, paid_at: at });
      expect(codes(result.alerts)).toEqual(['ended_with_money']);
      expect(resolvable(result.payin)).toEqual(['SUCCEED', 'REFUND']);
      expect(resolvable({ ...payin, status })).toEqual([]);
    },
  );

  it('flags a refund that was reversed, and does not apply it', () => {
    const result = transition({ ...payin, status: 'REFUND' }, { status: 'SUCCEED', at });
    expect([result.payin.status, codes(result.alerts)]).toEqual(['REFUND', ['status_conflict']]);
  });

  it.each(['SUCCEED', 'REFUND'] as const)('flags a refund of a part after %s, once, and changes nothing', (status) => {
    const result = transition({ ...payin, status }, { status: 'REFUND', amount: '40.00', currency: 'USDT', at });
    expect([result.payin.status, result.alerts]).toEqual([
      status,
      [{ code: 'part_refund', message: expect.stringContaining('REFUND of 40 USDT, ours is 100 USDT') }],
    ]);
  });

  it.each(['SUCCEED', 'PAID'] as const)('flags %s of another amount after SUCCEED once', (status) => {
    const result = transition({ ...payin, status: 'SUCCEED' }, { status, amount: '120', at });
    expect([result.payin.status, codes(result.alerts)]).toEqual(['SUCCEED', ['amount_mismatch']]);
  });

  it('flags the amount anew when money of it comes, though it was seen before', () => {
    const [pending, paid] = (['PENDING_PAY', 'SUCCEED'] as const).map(
      (status) => transition(payin, { status, amount: '99', at }).alerts[0]?.message,
    );
    expect(paid).not.toBe(pending);
  });

  it('flags a status unknown to us and changes nothing', () => {
    const result = transition(payin, { status: 'PARTIAL_SUCCESS', at });
    expect(result.payin).toEqual(payin);
    expect(codes(result.alerts)).toEqual(['unknown_status']);
  });

  const observation = fc.record(
    {
      status: fc.oneof(fc.constantFrom(...LESSPAY), fc.string()),
      amount: fc.constantFrom('100', '100.0', '0100.00', '99.99', '1000'),
      currency: fc.constantFrom('USDT', 'USD'),
      request_id: fc.constantFrom('4711', 'x'),
      pay_order_id: fc.constantFrom('P1', 'x'),
      at: fc.nat(),
    },
    { requiredKeys: ['status', 'at'] },
  );

  it('never says SUCCEED of another amount, currency or order; never unsays money; never goes back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL), fc.array(observation, { maxLength: 12 }), (start, observations) => {
        let now: Payin = { ...payin, status: start };
        for (const seen of observations) {
          const before = now.status;
          const result = transition(now, seen);
          now = result.payin;
          const changed = before !== now.status;
          expect(result.changes).toEqual(changed ? [{ from: before, to: now.status }] : []);
          const ours = seen.request_id !== 'x' && seen.pay_order_id !== 'x';
          const otherAmount = seen.amount === '99.99' || seen.amount === '1000' || seen.currency === 'USD';
          const saysPaid = now.status === 'SUCCEED' || now.status === 'REFUND';
          const late = isOutcome(before) && !MONEY.has(before);
          const broken = {
            'another order changed it': !ours,
            'another amount counted as paid in full': otherAmount && saysPaid,
            'a payment was unsaid': before === 'SUCCEED' && now.status !== 'REFUND',
            'a refund was unsaid': before === 'REFUND',
            'a status of ours was observed': now.status === 'CREATING' || now.status === 'UNRESOLVED',
            'an outcome was left without money': isOutcome(before) && !MONEY.has(now.status),
            'money came late without an alert': late && !codes(result.alerts).includes('late_payment'),
          };
          expect(changed ? Object.entries(broken).filter(([, isBroken]) => isBroken) : []).toEqual([]);
        }
      }),
    );
  });
});

describe('the end of the watch window', () => {
  it.each(ALL)('from %s', (status) => {
    const { payin: after, alerts } = windowEnded({ ...payin, status });
    const open = status === 'CREATING' || status === 'PENDING_CONFIRM' || status === 'PENDING_PAY';
    expect(after.status).toBe(open ? 'UNRESOLVED' : status);
    // A person who had it watched anew must hear that it came to nothing.
    expect(codes(alerts)).toEqual(after.status === 'UNRESOLVED' ? ['unresolved'] : []);
  });
});

it('a refusal is an outcome with a date', () => {
  expect(rejected({ ...payin, status: 'CREATING' }, at)).toMatchObject({ status: 'REJECTED', outcome_at: at });
});
