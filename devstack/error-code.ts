/** Does this error of Node have one of these codes? Without `instanceof`, because Node's errors are of another realm in jest. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
