import * as fc from 'fast-check';
import { decimalText, sameDecimal } from '../../lesspay/decimal';

it.each([
  ['100.00', '100.00'],
  ['1.50e3', '1500'],
  ['1.505e1', '15.05'],
  ['1E+2', '100'],
  ['1e-7', '0.0000001'],
  ['12.5e-3', '0.0125'],
  ['007.10', '7.10'],
  ['-0', '0'],
  ['-0.50', '-0.50'],
  ['12345678901234567890.123456789', '12345678901234567890.123456789'],
])('writes %s as %s', (written, plain) => {
  expect(decimalText(written)).toBe(plain);
});

it.each([
  '',
  ' ',
  '.5',
  '5.',
  '1,000',
  '1 000',
  'NaN',
  'Infinity',
  '0x10',
  '1e',
  '100 USDT',
  '1e101',
  '1e999999999',
  '1'.repeat(101),
])('says that %j is no decimal', (written) => {
  expect(decimalText(written)).toBeUndefined();
  expect(sameDecimal(written, written)).toBe(false);
});

describe('compared as exact integers scaled by a power of ten', () => {
  const decimal = fc.record({
    units: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
    exponent: fc.integer({ min: -12, max: 12 }),
  });
  const scaled = ({ units, exponent }: { units: bigint; exponent: number }) => units * 10n ** BigInt(exponent + 12);
  const written = ({ units, exponent }: { units: bigint; exponent: number }) => `${units}e${exponent}`;

  it('two decimals are the same exactly when their integers are', () => {
    const sometimesEqual = fc
      .tuple(decimal, decimal, fc.nat(3), fc.boolean())
      .map(
        ([a, b, zeros, same]) =>
          [a, same ? { units: a.units * 10n ** BigInt(zeros), exponent: a.exponent - zeros } : b] as const,
      )
      .filter(([, b]) => b.exponent >= -12);
    fc.assert(
      fc.property(sometimesEqual, ([a, b]) => {
        expect(sameDecimal(written(a), written(b))).toBe(scaled(a) === scaled(b));
      }),
    );
  });

  it('plain text is the same number, without an exponent', () => {
    fc.assert(
      fc.property(decimal, (value) => {
        const plain = decimalText(written(value)) ?? '';
        expect(plain).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?$/);
        const [whole = '', fraction = ''] = plain.split('.');
        expect(BigInt(whole + fraction.padEnd(12, '0'))).toBe(scaled(value));
      }),
    );
  });
});
