import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { atRest } from './at-rest';

/**
 * Calls a local activity from the loop of a workflow. It is never cancelled, and no other one runs at the same time.
 * Returns or throws only when a replay will go on from here in the same way (docs/decisions/0012).
 */
export async function localCall<Result>(call: () => Promise<Result>): Promise<Result> {
  const watch = new Watch();
  try {
    return await CancellationScope.nonCancellable(call);
  } finally {
    if (watch.end() === 'with others') await atRest();
  }
}

/**
 * Detects that the history may have the result of a local activity in another task than the one in which the workflow got
 * it. A workflow task that answers a query is completed at once. If a local activity ends at that moment, its result goes
 * into the history with that task. But the workflow gets it in the next task, after the messages that came in between; in
 * a replay, before them. (SDK 1.24.0, `prepare_complete_resp` in `managed_run.rs` of its core.)
 */
class Watch {
  private readonly beganReplaying = isReplaying();
  private readonly beganAt = workflowInfo().historyLength;
  private time = 0;
  private looks = 0;
  private over = false;

  constructor() {
    // Temporal checks a condition after every job of an activation, and the clock is the same for all jobs of one activation.
    void condition(() => {
      const now = Date.now();
      this.looks = now === this.time ? this.looks + 1 : 1;
      this.time = now;
      return this.over;
    });
  }

  /**
   * @returns how the result came: `alone` is in the task in which the call began, with nothing else to handle
   * @throws Error if a replay may differ: the task fails, and Temporal repeats it from the history
   */
  end(): 'alone' | 'with others' {
    this.over = true;
    const isLater = workflowInfo().historyLength !== this.beganAt;
    const isAlone = this.looks === 1;
    if (isLater && !isAlone && !this.beganReplaying && !isReplaying())
      throw new Error('a local activity ended together with messages: Temporal repeats this task from the history');
    return isAlone && !isLater ? 'alone' : 'with others';
  }
}

/** For the check above only: no command may depend on it. */
const isReplaying = (): boolean => workflowInfo().unsafe.isReplaying;
