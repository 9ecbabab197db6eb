import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { atRest } from './at-rest';

/**
 * One local activity, as the loop of a workflow calls it: never cancelled, and never two at once. Returns, or throws, only
 * when whatever follows will be the same in a replay (docs/decisions/0012).
 */
export async function localCall<Result>(call: () => Promise<Result>): Promise<Result> {
  const watch = new Watch();
  try {
    return await CancellationScope.nonCancellable(call);
  } finally {
    watch.end();
    await atRest();
  }
}

/**
 * Tells whether the history may have the end of a local activity elsewhere than it was handed out. A workflow task that
 * answers a query is done at once. Where a local activity ends in this very moment, its end goes into the history with
 * that task, and is handed out in the next one, after the messages that came meanwhile: in a replay before them.
 * (SDK 1.24.0, `prepare_complete_resp` in `managed_run.rs` of its core.)
 */
class Watch {
  private readonly beganReplaying = isReplaying();
  private readonly beganAt = workflowInfo().historyLength;
  private time = 0;
  private looks = 0;
  private over = false;

  constructor() {
    // Looked at after every message of an activation, and all of one activation come at one time.
    void condition(() => {
      const now = Date.now();
      this.looks = now === this.time ? this.looks + 1 : 1;
      this.time = now;
      return this.over;
    });
  }

  /** @throws Error, so that Temporal does the task anew from the history, where that may say otherwise */
  end(): void {
    this.over = true;
    const isLater = workflowInfo().historyLength !== this.beganAt;
    const isAlone = this.looks === 1;
    if (isLater && !isAlone && !this.beganReplaying && !isReplaying())
      throw new Error('a local activity ended together with messages: this task is done anew from the history');
  }
}

/** Read for nothing but that: no command may depend on it. */
const isReplaying = (): boolean => workflowInfo().unsafe.isReplaying;
