import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SandboxClock } from '../../sandbox/clock';

/** The time-skipping server's time, for the sandbox and the activities. It moves when `refresh` reads it. */
export class ServerClock implements SandboxClock {
  private at = 0;
  private sleepers: { until: number; wake: () => void }[] = [];

  constructor(private readonly env: TestWorkflowEnvironment) {}

  readonly now = (): number => this.at;

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((wake, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(new Error('the sandbox closes')), { once: true });
      this.sleepers.push({ until: this.at + ms, wake });
    });
  }

  async refresh(): Promise<void> {
    this.at = await this.env.currentTimeMs();
    const due = this.sleepers.filter(({ until }) => until <= this.at);
    this.sleepers = this.sleepers.filter(({ until }) => until > this.at);
    for (const { wake } of due) wake();
  }
}
