import type { SandboxClock } from '../../sandbox/clock';

/** A clock that stands still until the test lets time pass. */
export class FakeClock implements SandboxClock {
  private sleepers: { until: number; wake: () => void }[] = [];

  constructor(private at = 1_760_000_000_000) {}

  now(): number {
    return this.at;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      this.sleepers.push({ until: this.at + ms, wake: resolve });
    });
  }

  /** How long, in ms from now, the sleepers still have to sleep, shortest first. */
  sleeping(): number[] {
    return this.sleepers.map(({ until }) => until - this.at).sort((a, b) => a - b);
  }

  /** Only the readers see the new time: nobody is woken. */
  moveSilently(ms: number): void {
    this.at += ms;
  }

  pass(ms: number): void {
    this.at += ms;
    const due = this.sleepers.filter(({ until }) => until <= this.at);
    this.sleepers = this.sleepers.filter(({ until }) => until > this.at);
    for (const { wake } of due) wake();
  }
}
