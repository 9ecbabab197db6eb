import fc from 'fast-check';
import { canonicalDecimal, sameDecimal } from '../../payin/decimal';

it.each([
  ['100', '100.00'],
  ['0100.50', '100.5'],
  ['0', '0.000'],
  ['00.10', '0.1'],
])('%s and %s are the same amount', (a, b) => expect(sameDecimal(a, b)).toBe(true));

it.each([
  ['100', '1000'],
  ['0.1', '0.01'],
  ['1e2', '100'],
  ['', '0'],
])('%s and %s are not', (a, b) => expect(sameDecimal(a, b)).toBe(false));

it('agrees with exact integers of the eighth decimal place, and has one form for each amount', () => {
  const amount = fc.tuple(fc.bigInt(0n, 10n ** 15n), fc.nat(8), fc.bigInt(0n, 10n ** 8n - 1n), fc.nat(3));
  const text = ([whole, places, fraction, zeros]: [bigint, number, bigint, number]) =>
    '0'.repeat(zeros) + (places === 0 ? `${whole}` : `${whole}.${`${fraction}`.padStart(8, '0').slice(0, places)}`);
  const exact = (decimal: string) => {
    const [whole = '0', fraction = ''] = decimal.split('.');
    return BigInt(whole) * 10n ** 8n + BigInt(fraction.padEnd(8, '0'));
  };
  fc.assert(
    fc.property(amount.map(text), amount.map(text), (a, b) => {
      expect(sameDecimal(a, b)).toBe(exact(a) === exact(b));
      expect(exact(canonicalDecimal(a))).toBe(exact(a));
      expect(canonicalDecimal(canonicalDecimal(a))).toBe(canonicalDecimal(a));
    }),
  );
});
