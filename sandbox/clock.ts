import { setTimeout as timeout } from 'node:timers/promises';
import type { Settings } from './settings';

/** The sandbox's clock, for expiry, and for delays and repeated deliveries of webhooks. A test may pass its own. */
export interface SandboxClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves when `now()` has advanced by `ms` milliseconds.
   * Rejects when `signal` is aborted.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A Node timer with a longer delay, ms, fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: SandboxClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => timeout(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }),
};

/** The simulated Lesspay's clock: the sandbox's clock plus `clock_skew_ms`. */
export const lesspayClock = (clock: SandboxClock, settings: Settings): SandboxClock => ({
  now: () => clock.now() + settings.get().clock_skew_ms,
  sleep: (ms, signal) => clock.sleep(ms, signal),
});

/** Sleeps until `now()` has reached `instant` (epoch ms), several times if necessary. */
export async function sleepUntil(clock: SandboxClock, instant: number, signal: AbortSignal): Promise<void> {
  for (let rest = instant - clock.now(); rest > 0; rest = instant - clock.now()) await clock.sleep(rest, signal);
}
