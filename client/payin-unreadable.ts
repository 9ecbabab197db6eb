import { shownBy, type Run, type Shown } from './last-run';

/** Why a pay-in's workflow does not tell what it knows, although Temporal answers. */
export type UnreadableReason = keyof typeof REASONS;

const REASONS = {
  paused: 'Its run is paused in Temporal: unpause it.',
  tasks_fail: 'The tasks of its run fail: look at the run in Temporal.',
  busy: 'Its run is busy: Lesspay or the database is slow.',
  no_worker: 'No worker takes it up: none runs, or they have too much to do.',
} as const;

/** A pay-in is there, and can't be read now. */
export class PayinUnreadableError extends Error {
  override readonly name = 'PayinUnreadableError';
  readonly code = 'payin_unreadable';
  readonly reason: UnreadableReason;
  /** What is wrong, and what to do, in a sentence. */
  readonly detail: string;
  /** What Temporal shows of the pay-in all the same. */
  readonly shown: Shown | undefined;

  constructor(request_id: string, run: Run, options?: ErrorOptions) {
    const reason = whyUnreadable(run);
    super(`The pay-in ${request_id} can't be read now. ${REASONS[reason]}`, options);
    this.reason = reason;
    this.detail = REASONS[reason];
    this.shown = shownBy(run);
  }
}

/** Temporal's own number (temporal.api.enums.v1.PendingWorkflowTaskState): a worker is at it. */
const STARTED = 2;

/** Told apart by facts. A question that nobody takes, while no task is under way, finds no worker. */
function whyUnreadable({ status, raw: { pendingWorkflowTask: task } }: Run): UnreadableReason {
  if (status.name === 'PAUSED') return 'paused';
  if ((task?.attempt ?? 1) > 1) return 'tasks_fail';
  return task?.state?.valueOf() === STARTED ? 'busy' : 'no_worker';
}
