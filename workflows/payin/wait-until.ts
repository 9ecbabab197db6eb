import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import { loopGuard } from '../loop/loop-guard';
import { show } from './display';
import type { PayinRun } from './run';
import { canPublish, publishOnce } from './publish';

/** When to wait no longer, and what the UI shows beside that timer. */
export interface Deadline {
  /** Epoch ms. */
  readonly at: number;
  readonly summary: string;
}

/**
 * How the loop of a pay-in waits: until `isSo` returns true, or the deadline. Meanwhile it publishes new events, does what
 * updates ask for, and shows what changed.
 * @returns false if the deadline came first
 */
export async function waitUntil(run: PayinRun, isSo: () => boolean, deadline?: Deadline): Promise<boolean> {
  const guard = loopGuard();
  let timer: Timer | undefined;
  try {
    while (!isSo() && !timer?.hasFired) {
      guard();
      if (canPublish(run)) await publishOnce(run);
      else if (run.hasUpdates) run.actOnUpdates();
      else {
        show(run);
        if (deadline && !timer) {
          if (deadline.at <= Date.now()) break;
          timer = new Timer(deadline);
        }
        await condition(() => isSo() || timer?.hasFired === true || run.unshown || run.hasUpdates || canPublish(run));
      }
    }
    return isSo();
  } finally {
    timer?.cancel();
  }
}

/** Its firing changes nothing by itself: the loop checks `hasFired`. */
class Timer {
  hasFired = false;
  private readonly scope = new CancellationScope();

  constructor({ at, summary }: Deadline) {
    this.scope
      .run(() => sleep(at - Date.now(), { summary }))
      .then(
        () => (this.hasFired = true),
        () => undefined,
      );
  }

  cancel(): void {
    this.scope.cancel();
  }
}
