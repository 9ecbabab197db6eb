import { shownBy, type Run, type Shown } from './last-run';

/** Why a pay-in's workflow does not answer, although Temporal does. */
export type UnreadableReason = keyof typeof REASONS;

const REASONS = {
  paused: 'Its workflow is paused in Temporal. Unpause it there.',
  tasks_fail: 'Its workflow tasks fail. Temporal shows the error at the workflow.',
  busy: 'Its workflow is busy: Lesspay or the database is slow.',
  no_worker: 'No worker answers: none runs, or all are overloaded.',
} as const;

/** The pay-in exists, but can't be read now. */
export class PayinUnreadableError extends Error {
  override readonly name = 'PayinUnreadableError';
  readonly code = 'payin_unreadable';
  readonly reason: UnreadableReason;
  /** What is wrong and what to do. */
  readonly detail: string;
  /** What Temporal shows of the pay-in without its workflow. */
  readonly shown: Shown | undefined;

  constructor(request_id: string, run: Run, options?: ErrorOptions) {
    const reason = whyUnreadable(run);
    super(`The pay-in ${request_id} can't be read now. ${REASONS[reason]}`, options);
    this.reason = reason;
    this.detail = REASONS[reason];
    this.shown = shownBy(run);
  }
}

/** A worker has the workflow task. Source: temporal.api.enums.v1.PendingWorkflowTaskState. */
const STARTED = 2;

/** The reason by what Temporal shows of the run. If no workflow task has started, no worker took the query. */
function whyUnreadable({ status, raw: { pendingWorkflowTask: task } }: Run): UnreadableReason {
  if (status.name === 'PAUSED') return 'paused';
  if ((task?.attempt ?? 1) > 1) return 'tasks_fail';
  return task?.state?.valueOf() === STARTED ? 'busy' : 'no_worker';
}
