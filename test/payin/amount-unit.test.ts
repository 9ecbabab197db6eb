import * as fc from 'fast-check';
import { inOurUnit } from '../../payin/amount-unit';
import { canonicalDecimal, shifted } from '../../payin/decimal';
import type { PayinRequest, PayinTerms } from '../../payin/request';

const request = (amount: string, currency: string, terms?: PayinTerms): PayinRequest => ({
  request_id: '4711',
  amount,
  currency,
  product_name: 'x',
  description: 'x',
  success_url: 'https://s.example',
  fail_url: 'https://s.example',
  expires_in: 60,
  metadata: {},
  ...(terms ? { terms } : {}),
});
const USD = request('100.00', 'USD', { unit: 'major', digits: 2, shows: 'redirect' });
const MXN = request('100.00', 'MXN', { unit: 'minor', digits: 2, shows: 'bank_transfer' });
const JPY = request('100', 'JPY', { unit: 'major', digits: 0, shows: 'redirect' });
const KWD = request('100', 'KWD', { unit: 'major', digits: 3, shows: 'redirect' });
const USDT = request('100', 'USDT', { unit: 'major', shows: 'redirect' });

it.each([
  ['text in major units, repeated', USD, '100', 'ours'],
  ['text in major units, 100 times', USD, '10000', 'other_unit'],
  ['text in major units, 100 times, with a fraction', USD, '10000.00', 'other_unit'],
  ['text in major units, a hundredth', USD, '1.00', 'other_unit'],
  ['another amount', USD, '99', 'other'],
  ['an integer, repeated', MXN, '10000', 'ours'],
  ['an integer, repeated in major units', MXN, '100.00', 'ours'],
  ['an integer, taken as major units', MXN, '10000.00', 'other_unit'],
  ['an integer, taken as major units and repeated in minor ones', MXN, '1000000', 'other_unit'],
  ['an integer, a hundredth', MXN, '1.00', 'other_unit'],
  ['another integer', MXN, '9999', 'other'],
  ['a currency without a fraction', JPY, '10000', 'other'],
  ['a currency of three digits', KWD, '100000', 'other_unit'],
  ['a cryptocurrency', USDT, '10000', 'other'],
  ['a pay-in of an older release', request('100.00', 'USD'), '10000', 'other'],
] as const)('%s: %s %s is %s', (_what, sent, amount, reading) => {
  const read = inOurUnit(sent, { amount });
  expect({ is_ours: canonicalDecimal(read.amount) === '100', other_unit: read.other_unit === true }).toEqual({
    is_ours: reading === 'ours',
    other_unit: reading === 'other_unit',
  });
});

it('leaves another currency to the comparison of currencies', () => {
  expect(inOurUnit(USD, { amount: '10000', currency: 'MXN' })).toEqual({ amount: '10000', currency: 'MXN' });
});

it('moves the point there and back', () => {
  const decimal = fc
    .tuple(fc.bigInt(0n, 10n ** 15n), fc.stringMatching(/^\d{1,8}$/))
    .map(([whole, part]) => `${whole}.${part}`);
  fc.assert(
    fc.property(decimal, fc.integer({ min: -20, max: 20 }), (text, places) => {
      expect(shifted(shifted(text, places), -places)).toBe(canonicalDecimal(text));
    }),
  );
  expect(shifted('100.50', 2)).toBe('10050');
  expect(shifted('100.50', -4)).toBe('0.01005');
  expect(shifted('7', 3)).toBe('7000');
});
