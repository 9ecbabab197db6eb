/** One task of the notification workflow: done by a quick call in a step of its loop, or by an activity beside the loop. */
export interface NotificationPart {
  /** Is there something to do, and no activity running? */
  readonly isDue: boolean;
  /** Does it by a quick call, or starts an activity. */
  step(): Promise<void>;
  /** Has its activity ended, and its result not been applied yet? */
  readonly hasEnded: boolean;
  /** Applies the result of the activity that has ended. */
  applyResult(): void;
  /** Cancels the running activity, if there is one. */
  cancel(): void;
}
