/**
 * Amounts are decimal text, in major units; never floats.
 */

/** No amount is longer, or has an exponent beyond this; a larger one would only fill the memory with zeros. */
const MAX_LENGTH = 100;

/**
 * A decimal, perhaps with an exponent, as plain text with every digit kept:
 * `100.00` stays, `1.50e3` is `1500`, `1e-7` is `0.0000001`, `-0` is `0`.
 * @returns undefined when the text is no decimal, or an absurdly long one
 */
export function decimalText(written: string): string | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/.exec(written);
  if (!match || written.length > MAX_LENGTH) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_LENGTH) return undefined;
  // The point moves `shift` places through the digits, which are padded on the side it leaves by.
  const point = whole.length + shift;
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(point, '0');
  const integer = digits.slice(0, Math.max(0, point)).replace(/^0+(?=\d)/, '') || '0';
  const decimals = digits.slice(Math.max(0, point));
  const minus = sign === '-' && /[1-9]/.test(digits) ? '-' : '';
  return minus + (decimals === '' ? integer : `${integer}.${decimals}`);
}

/** Whether two decimals are the same number: `100` and `100.00` are. False where either is no decimal. */
export function sameDecimal(left: string, right: string): boolean {
  const plain = decimalText(left);
  const other = decimalText(right);
  return plain !== undefined && other !== undefined && withoutTrailingZeros(plain) === withoutTrailingZeros(other);
}

const withoutTrailingZeros = (plain: string): string =>
  plain.includes('.') ? plain.replace(/0+$/, '').replace(/\.$/, '') : plain;
