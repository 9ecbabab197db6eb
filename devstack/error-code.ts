/** Is it an error of Node's with one of these codes? Not by `instanceof`: under jest, Node's errors are of another realm. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
