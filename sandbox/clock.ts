import { setTimeout as timeout } from 'node:timers/promises';
import type { Settings } from './settings';

/** The sandbox's time: expiry, webhook redelivery and lateness go by it. A test may hand in its own. */
export interface SandboxClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves when `now()` has moved on by `ms` milliseconds.
   * Rejects once `signal` is aborted.
   */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A Node timer above this many milliseconds fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: SandboxClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => timeout(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal }),
};

/** The clock that Lesspay goes by, wrong by `clock_skew_ms`; it runs as fast as the sandbox's. */
export const lesspayClock = (clock: SandboxClock, settings: Settings): SandboxClock => ({
  now: () => clock.now() + settings.get().clock_skew_ms,
  sleep: (ms, signal) => clock.sleep(ms, signal),
});

/** Sleeps, as often as it takes, until `now()` has reached `instant` (ms since the epoch). */
export async function sleepUntil(clock: SandboxClock, instant: number, signal: AbortSignal): Promise<void> {
  for (let rest = instant - clock.now(); rest > 0; rest = instant - clock.now()) await clock.sleep(rest, signal);
}
