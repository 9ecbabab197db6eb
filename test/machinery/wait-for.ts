import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits, in real time, until the condition holds.
 * @throws Error that says what did not come within `timeoutMs`
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  { timeoutMs = 15_000, what }: { readonly timeoutMs?: number; readonly what: string },
): Promise<void> {
  for (const until = Date.now() + timeoutMs; !(await condition()); await pause(20))
    if (Date.now() > until) throw new Error(`${what}: did not come within ${timeoutMs} ms`);
}
