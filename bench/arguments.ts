/** Numbers on the command line. All of these throw an Error that names the argument which is wrong, and what it may be. */

/** A whole number. */
export function whole(name: string, text: string, least: number, most: number): number {
  if (/^\d+$/.test(text) && isWithin(Number(text), least, most)) return Number(text);
  throw new Error(`--${name}: must be a whole number from ${least} to ${most}`);
}

/** Numbers with commas between them. */
export function numbers(name: string, text: string, least: number, most: number): number[] {
  const all = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (all.every((value) => isWithin(value, least, most))) return all;
  throw new Error(`--${name}: must be a number from ${least} to ${most}, or several with commas between them`);
}

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;
