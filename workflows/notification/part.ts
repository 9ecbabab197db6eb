/** One part of what a run that notifies has to do: quickly in a step of its loop, or durably beside that. */
export interface NotificationPart {
  /** Has it something to do, and nothing under way? */
  readonly isDue: boolean;
  /** Does it quickly, or leaves it under way. */
  step(): Promise<void>;
  /** Has what was under way ended? */
  readonly hasEnded: boolean;
  /** Takes up what came of it. */
  takeUp(): void;
  /** Gives up what is under way, if anything is. */
  callOff(): void;
}
