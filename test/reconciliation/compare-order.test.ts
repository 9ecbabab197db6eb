import fc from 'fast-check';
import {
  compareOrder,
  type Listed,
  type OrderDifference,
  type Recorded,
  remedy,
  remedyOfMissing,
} from '../../reconciliation/compare-order';
import { type PayinStatus, transition } from '../../payin/state';
import type { AlertCode } from '../../payin/alerts';

const ORDER: Listed = {
  request_id: 'r1',
  pay_order_id: 'P1',
  status: 'SUCCEED',
  amount: '100.00',
  currency: 'USDT',
};
const RECORD: Recorded = {
  request_id: 'r1',
  pay_order_id: 'P1',
  status: 'SUCCEED',
  amount: '100.00',
  currency: 'USDT',
  alerts: [],
  facts: { taken: false, decided_over: [] },
};

const LESSPAY = [
  'PENDING_CONFIRM',
  'PENDING_PAY',
  'PAID',
  'SUCCEED',
  'FAILED',
  'CANCELED',
  'CLOSED',
  'REFUND',
] as const;
const OURS = [...LESSPAY, 'CREATING', 'UNRESOLVED', 'REJECTED'] as const;

/** Ours, Lesspay's, and what is made of it; every pair that is not here must be the same word. */
const B = 'status_behind';
const C = 'status_contradicts';
const _ = undefined;
const TABLE: Record<PayinStatus, readonly (OrderDifference | undefined)[]> = {
  //                 CONFIRM PAY PAID SUCCEED FAILED CANCELED CLOSED REFUND
  CREATING: [B, B, B, B, B, B, B, B],
  PENDING_CONFIRM: [_, B, B, B, B, B, B, B],
  PENDING_PAY: [_, _, B, B, B, B, B, B],
  UNRESOLVED: [_, _, B, B, B, B, B, B],
  PAID: [C, C, _, B, B, B, B, B],
  SUCCEED: [C, C, C, _, C, C, C, B],
  REFUND: [C, C, C, C, C, C, C, _],
  FAILED: [C, C, B, B, _, C, C, B],
  CANCELED: [C, C, B, B, C, _, C, B],
  CLOSED: [C, C, B, B, C, C, _, B],
  REJECTED: [C, C, B, B, C, C, C, B],
};

describe.each(OURS)('our record says %s', (ours) => {
  it.each(LESSPAY.map((theirs, index) => [theirs, TABLE[ours][index]] as const))('Lesspay %s: %s', (theirs, kind) => {
    const differences = compareOrder({ ...ORDER, status: theirs }, { ...RECORD, status: ours });
    expect(differences).toEqual(kind === undefined ? [] : [kind]);
  });

  it('Lesspay a word that nobody knows', () => {
    expect(compareOrder({ ...ORDER, status: 'FROZEN' }, { ...RECORD, status: ours })).toEqual(['unknown_status']);
  });
});

const { amount: _amount, currency: _currency, ...PRICELESS } = ORDER;
const { amount: _ours, currency: _our, ...NOT_LEARNED } = RECORD;
const { pay_order_id: _theirId, ...WITHOUT_ID } = ORDER;
const { pay_order_id: _ourId, ...NO_ID_YET } = RECORD;

it.each<[string, Listed, Recorded, OrderDifference[]]>([
  ['the same amount in other digits', { ...ORDER, amount: '100' }, RECORD, []],
  ['another amount', { ...ORDER, amount: '100.01' }, RECORD, ['amount_differs']],
  ['another currency', { ...ORDER, currency: 'USDC' }, RECORD, ['currency_differs']],
  ['another of both', { ...ORDER, amount: '1', currency: 'USDC' }, RECORD, ['amount_differs', 'currency_differs']],
  ['no amount and no currency stated', PRICELESS, RECORD, []],
  ['an adopted record that never learned them', ORDER, NOT_LEARNED, []],
  ['another pay_order_id', { ...ORDER, pay_order_id: 'P2', amount: '1', status: 'FAILED' }, RECORD, ['id_differs']],
  ['another request_id', { ...ORDER, request_id: 'r2' }, RECORD, ['id_differs']],
  ['a pay_order_id that the record lacks', ORDER, NO_ID_YET, ['id_differs']],
  ['a row that states no pay_order_id', WITHOUT_ID, RECORD, []],
  [
    'another amount of an order that is paid',
    { ...ORDER, amount: '90' },
    { ...RECORD, status: 'PENDING_PAY' },
    ['amount_differs', 'status_behind'],
  ],
  [
    'another amount that is PAID with us',
    { ...ORDER, amount: '90' },
    { ...RECORD, status: 'PAID' },
    ['amount_differs'],
  ],
  [
    'somebody else’s order',
    { ...ORDER, amount: '1' },
    { ...RECORD, status: 'REJECTED', facts: { taken: true, decided_over: [] } },
    [],
  ],
  [
    'what a person decided over',
    { ...ORDER, status: 'PAID' },
    { ...RECORD, status: 'REFUND', facts: { taken: false, decided_over: [{ status: 'PAID' }] } },
    [],
  ],
])('%s', (_what, order, record, differences) => {
  expect(compareOrder(order, record)).toEqual(differences);
});

const orders: fc.Arbitrary<Listed> = fc.record(
  {
    request_id: fc.constantFrom('r1', 'r2'),
    pay_order_id: fc.constantFrom('P1', 'P2'),
    status: fc.constantFrom(...LESSPAY, 'FROZEN'),
    amount: fc.constantFrom('100', '100.00', '99.9'),
    currency: fc.constantFrom('USDT', 'EUR'),
  },
  { requiredKeys: ['status'] },
);
const records: fc.Arbitrary<Recorded> = fc.record(
  {
    request_id: fc.constant('r1'),
    pay_order_id: fc.constantFrom('P1', 'P2'),
    status: fc.constantFrom(...OURS),
    amount: fc.constantFrom('100.0', '99.90'),
    currency: fc.constantFrom('USDT', 'EUR'),
    alerts: fc.constant([]),
    facts: fc.record({ taken: fc.boolean(), decided_over: fc.constant([]) }),
  },
  { requiredKeys: ['request_id', 'status', 'alerts', 'facts'] },
);

it('whatever asking Lesspay would change is a difference; and where it would change nothing, none is woken', () => {
  fc.assert(
    fc.property(orders, records, (order, record) => {
      const { alerts: _alerts, facts, ...payin } = record;
      const differences = compareOrder(order, record);
      const { payin: after, changes, alerts } = transition(payin, { ...order, at: 0 });
      const tells = changes.length > 0 || alerts.length > 0;
      const learns = tells || after.pay_order_id !== payin.pay_order_id;
      const wakes = differences.some((kind) => remedy(kind, order, record) === 'wake');
      if (facts.taken) return differences.length === 0;
      return (differences.length > 0 || !tells) && (learns || !wakes);
    }),
    { numRuns: 5_000 },
  );
});

it('a record that became what Lesspay says differs no more', () => {
  fc.assert(
    fc.property(orders, records, (order, record) => {
      const { alerts: _alerts, facts: _known, ...payin } = record;
      const { payin: after } = transition(payin, { ...order, at: 0 });
      expect(compareOrder(order, { ...record, ...after })).not.toContain('status_behind');
    }),
    { numRuns: 5_000 },
  );
});

describe('what a person must see is flagged by the pay-in', () => {
  const alert = (code: AlertCode, settled: object = {}, message = '') => ({ code, message, at: '', ...settled });
  const AT = '2026-01-01T00:00:00.000Z';

  it.each<[OrderDifference, AlertCode, Partial<Listed>]>([
    ['amount_differs', 'amount_mismatch', { amount: '1' }],
    ['amount_differs', 'part_refund', { amount: '1', status: 'REFUND' }],
    ['currency_differs', 'amount_mismatch', { currency: 'EUR' }],
    ['status_contradicts', 'status_conflict', { status: 'FAILED' }],
    ['unknown_status', 'unknown_status', { status: 'FROZEN' }],
    ['id_differs', 'identity_mismatch', { pay_order_id: 'P2' }],
  ])('%s: %s', (kind, code, differs) => {
    const other = { ...ORDER, ...differs };
    expect(compareOrder(other, RECORD)).toEqual([kind]);
    const [raised] = transition({ ...ORDER, request_id: 'r1', status: 'SUCCEED' }, { ...other, at: 0 }).alerts;
    const told = (afterRepair = {}) => alert(code, afterRepair, raised?.message);
    const remedyBeside = (...alerts: Recorded['alerts']) => remedy(kind, other, { ...RECORD, alerts });
    expect(remedyBeside()).toBe('wake');
    expect(remedyBeside(alert('late_payment'), alert(code, {}, 'of something else'))).toBe('wake');
    expect(remedyBeside(told({ acknowledged_at: AT }), told())).toBe('flagged');
    expect(remedyBeside(told({ acknowledged_at: AT }))).toBe('acknowledged');
    const decided_over = [other];
    expect(remedy(kind, other, { ...RECORD, facts: { taken: false, decided_over } })).toBe(
      kind === 'id_differs' ? 'wake' : 'acknowledged',
    );
  });

  it('what the pay-in would keep silent about is only reported', () => {
    expect(remedy('status_contradicts', { ...ORDER, status: 'PENDING_PAY' }, RECORD)).toBe('report');
    expect(remedy('status_contradicts', { ...ORDER, status: 'CLOSED' }, { ...RECORD, status: 'FAILED' })).toBe(
      'report',
    );
  });

  it.each<[PayinStatus, ReturnType<typeof remedyOfMissing>]>([
    ['PENDING_PAY', 'watch'],
    ['PENDING_CONFIRM', 'watch'],
    ['UNRESOLVED', 'wake'],
    ['PAID', 'report'],
    ['SUCCEED', 'report'],
    ['CLOSED', 'report'],
  ])('an order that Lesspay does not find, %s with us: %s', (status, expected) => {
    expect(remedyOfMissing({ ...RECORD, status })).toBe(expected);
  });

  it('an unresolved order that Lesspay does not find is not flagged twice', () => {
    const unresolved = { ...RECORD, status: 'UNRESOLVED' } as const;
    expect(remedyOfMissing({ ...unresolved, alerts: [alert('unresolved')] })).toBe('flagged');
    expect(remedyOfMissing({ ...unresolved, alerts: [alert('unresolved', { acknowledged_at: AT })] })).toBe(
      'acknowledged',
    );
    expect(remedyOfMissing({ ...unresolved, alerts: [alert('unresolved', { over_at: AT })] })).toBe('wake');
  });
});

describe('an order that was sent in minor units', () => {
  const request = {
    request_id: 'r1',
    amount: '100.00',
    currency: 'MXN',
    product_name: 'x',
    description: 'x',
    success_url: 'https://s.example',
    fail_url: 'https://s.example',
    expires_in: 60,
    metadata: {},
    terms: { unit: 'minor', digits: 2, shows: 'bank_transfer' },
  } as const;
  const record: Recorded = { ...RECORD, currency: 'MXN', facts: { ...RECORD.facts, request } };
  const order = { ...ORDER, currency: 'MXN' };

  it.each(['10000', '100.00'])('is the same when the list states %s', (amount) => {
    expect(compareOrder({ ...order, amount }, record)).toEqual([]);
  });

  it.each(['10000.00', '1.00'])('differs when the list states %s, which wakes the pay-in to flag it', (amount) => {
    expect(compareOrder({ ...order, amount }, record)).toEqual(['amount_differs']);
    expect(remedy('amount_differs', { ...order, amount }, record)).toBe('wake');
  });
});
