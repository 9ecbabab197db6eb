import { setTimeout as pause } from 'node:timers/promises';

/**
 * How long at most, ms: not how fast something is, but when a test gives up, on a busy machine too. `test:safety`, which
 * waits in vain on purpose, sets it lower.
 */
const PATIENCE_MS = Number(process.env['TEST_PATIENCE_MS'] || 90_000);

/**
 * Waits, in real time, until the condition holds.
 * @param takesMs how long it takes by itself, before patience begins, where that is long
 * @param restMs how long it rests after the first look: longer where a look is dear, as one by a process of its own is
 * @throws Error that says what did not come
 */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  { takesMs = 0, restMs = 10, what }: { readonly takesMs?: number; readonly restMs?: number; readonly what: string },
): Promise<void> {
  const limitMs = takesMs + PATIENCE_MS;
  const until = performance.now() + limitMs;
  // Each look costs the server some of the time that is waited for.
  for (let rest = restMs; !(await condition()); rest = Math.max(restMs, Math.min(rest * 1.5, 200))) {
    if (performance.now() > until) throw new Error(`${what}: did not come within ${limitMs} ms`);
    await pause(rest);
  }
}
