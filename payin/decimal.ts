/**
 * The one way to write a decimal: no leading or trailing zeros ("0100.50" and "100.5" become "100.5").
 * Amounts are compared as decimals, never as floats (docs/design.md, rule 7).
 * @param text plain decimal text; anything else is returned as it is, and so equals only itself
 */
export function canonicalDecimal(text: string): string {
  const match = /^0*(\d+?)(?:\.(\d*?)0*)?$/.exec(text);
  if (!match) return text;
  const [, whole = '', fraction = ''] = match;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

export const sameDecimal = (a: string, b: string): boolean => canonicalDecimal(a) === canonicalDecimal(b);

/**
 * Moves the point to the right: "100.50" by 2 is "10050", by -2 "1.005".
 * @param text plain decimal text
 */
export function shifted(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const point = whole.length + places;
  const before = Math.max(0, -point);
  const digits = `${'0'.repeat(before)}${whole}${fraction}`.padEnd(Math.max(0, point), '0');
  const at = point + before;
  return canonicalDecimal(`${digits.slice(0, at) || '0'}.${digits.slice(at)}`);
}
