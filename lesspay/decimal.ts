/**
 * Amounts are decimal strings in major units, never floating-point numbers.
 */

/** The limit for an amount's length and exponent: a very large exponent would fill the memory with zeros. */
const MAX_LENGTH = 100;

/**
 * A decimal as plain text, without an exponent and with all its digits:
 * `100.00` stays, `1.50e3` becomes `1500`, `1e-7` becomes `0.0000001`, `-0` becomes `0`.
 * @returns undefined when the text is not a decimal, or longer than 100 characters
 */
export function decimalText(written: string): string | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/.exec(written);
  if (!match || written.length > MAX_LENGTH) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_LENGTH) return undefined;
  // Moves the point by `shift` digits, and adds zeros where it leaves the digits.
  const point = whole.length + shift;
  const digits = `${'0'.repeat(Math.max(0, -point))}${whole}${fraction}`.padEnd(point, '0');
  const integer = digits.slice(0, Math.max(0, point)).replace(/^0+(?=\d)/, '') || '0';
  const decimals = digits.slice(Math.max(0, point));
  const minus = sign === '-' && /[1-9]/.test(digits) ? '-' : '';
  return minus + (decimals === '' ? integer : `${integer}.${decimals}`);
}

/** Are two decimals the same number, like `100` and `100.00`? False when one of them is not a decimal. */
export function sameDecimal(left: string, right: string): boolean {
  const plain = decimalText(left);
  const other = decimalText(right);
  return plain !== undefined && other !== undefined && withoutTrailingZeros(plain) === withoutTrailingZeros(other);
}

const withoutTrailingZeros = (plain: string): string =>
  plain.includes('.') ? plain.replace(/0+$/, '').replace(/\.$/, '') : plain;
