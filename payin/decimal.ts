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
