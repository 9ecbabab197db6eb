import fc from 'fast-check';
import {
  compareOrder,
  remedy,
  type Listed,
  type OrderDifference,
  type Recorded,
} from '../../reconciliation/compare-order';
import { transition, type AlertCode, type PayinStatus } from '../../workflows/payin-state';

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
  known: { taken: false },
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

it.each<[string, Partial<Listed>, Partial<Recorded>, OrderDifference[]]>([
  ['the same amount in other digits', { amount: '100' }, {}, []],
  ['another amount', { amount: '100.01' }, {}, ['amount_differs']],
  ['another currency', { currency: 'USDC' }, {}, ['currency_differs']],
  ['another amount in another currency', { amount: '1', currency: 'USDC' }, {}, ['amount_differs', 'currency_differs']],
  ['no amount and no currency stated', { amount: undefined, currency: undefined } as never, {}, []],
  ['an adopted record that never learned them', {}, { amount: undefined, currency: undefined } as never, []],
  ['another pay_order_id', { pay_order_id: 'P2', amount: '1', status: 'FAILED' }, {}, ['id_differs']],
  ['another request_id', { request_id: 'r2' }, {}, ['id_differs']],
  ['a pay_order_id that the record lacks', {}, { pay_order_id: undefined } as never, ['id_differs']],
  ['a row that states no pay_order_id', { pay_order_id: undefined } as never, {}, []],
  [
    'another amount of an order that is paid',
    { amount: '90' },
    { status: 'PENDING_PAY' },
    ['amount_differs', 'status_behind'],
  ],
  ['another amount that is PAID with us', { amount: '90' }, { status: 'PAID' }, ['amount_differs']],
  ['somebody else’s order', { amount: '1', status: 'SUCCEED' }, { status: 'REJECTED', known: { taken: true } }, []],
  [
    'what a person decided over',
    { status: 'PAID' },
    { status: 'REFUND', known: { taken: false, decided_over: 'PAID' } },
    [],
  ],
])('%s', (_what, order, record, differences) => {
  expect(compareOrder(without({ ...ORDER, ...order }), without({ ...RECORD, ...record }))).toEqual(differences);
});

/** Absent, as everywhere, is not undefined. */
function without<T extends object>(members: T): T {
  for (const [name, value] of Object.entries(members)) if (value === undefined) Reflect.deleteProperty(members, name);
  return members;
}

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const orders = fc
  .record({
    request_id: optional(fc.constantFrom('r1', 'r2')),
    pay_order_id: optional(fc.constantFrom('P1', 'P2')),
    status: fc.constantFrom(...LESSPAY, 'FROZEN'),
    amount: optional(fc.constantFrom('100', '100.00', '99.9')),
    currency: optional(fc.constantFrom('USDT', 'EUR')),
  })
  .map((order) => without(order) as Listed);
const records = fc
  .record({
    pay_order_id: optional(fc.constantFrom('P1', 'P2')),
    status: fc.constantFrom(...OURS),
    amount: optional(fc.constantFrom('100.0', '99.90')),
    currency: optional(fc.constantFrom('USDT', 'EUR')),
    taken: fc.boolean(),
  })
  .map(({ taken, ...record }) => without({ request_id: 'r1', alerts: [], known: { taken }, ...record }) as Recorded);

it('whatever asking Lesspay would change is a difference; and where it would change nothing, none is woken', () => {
  fc.assert(
    fc.property(orders, records, (order, record) => {
      const { alerts: _alerts, known, ...payin } = record;
      const differences = compareOrder(order, record);
      if (known.taken) return expect(differences).toEqual([]);
      const { payin: after, changes, alerts } = transition(payin, { ...order, at: 0 });
      if (changes.length > 0 || alerts.length > 0) expect(differences).not.toEqual([]);
      const learns = changes.length > 0 || alerts.length > 0 || after.pay_order_id !== payin.pay_order_id;
      if (!learns) expect(differences.map((kind) => remedy(kind, order, record))).not.toContain('wake');
    }),
    { numRuns: 5_000 },
  );
});

it('a record that became what Lesspay says differs no more', () => {
  fc.assert(
    fc.property(orders, records, (order, record) => {
      const { alerts: _alerts, known: _known, ...payin } = record;
      const { payin: after } = transition(payin, { ...order, at: 0 });
      expect(compareOrder(order, { ...record, ...after })).not.toContain('status_behind');
    }),
    { numRuns: 5_000 },
  );
});

describe('what a person must see is flagged by the pay-in', () => {
  const alert = (code: AlertCode, acknowledged_at?: string) => ({
    code,
    message: '',
    at: '',
    ...(acknowledged_at === undefined ? {} : { acknowledged_at }),
  });
  const other = { ...ORDER, amount: '1', status: 'FAILED' };

  it.each([
    ['amount_differs', 'amount_mismatch'],
    ['currency_differs', 'amount_mismatch'],
    ['status_contradicts', 'status_conflict'],
    ['unknown_status', 'unknown_status'],
    ['id_differs', 'identity_mismatch'],
  ] as const)('%s', (kind, code) => {
    const [open, settled] = [alert(code), alert(code, '2026-01-01T00:00:00.000Z')];
    expect(remedy(kind, other, RECORD)).toBe('wake');
    expect(remedy(kind, other, { ...RECORD, alerts: [alert('late_payment')] })).toBe('wake');
    expect(remedy(kind, other, { ...RECORD, alerts: [settled, open] })).toBe('report');
    expect(remedy(kind, other, { ...RECORD, alerts: [settled] })).toBe('acknowledged');
  });

  it('what the pay-in would keep silent about is only reported', () => {
    expect(remedy('status_contradicts', { ...ORDER, status: 'PENDING_PAY' }, RECORD)).toBe('report');
    expect(remedy('status_contradicts', { ...ORDER, status: 'CLOSED' }, { ...RECORD, status: 'FAILED' })).toBe(
      'report',
    );
  });
});
