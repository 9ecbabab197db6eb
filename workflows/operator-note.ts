import { ApplicationFailure } from '@temporalio/workflow';
import { noteProblem, type OptionalMember } from '../payin/operator-note';

/** Keeps such a message out, by an update's validator. */
export function refuseBadNote(note: unknown, optional?: readonly OptionalMember[]): void {
  const problem = noteProblem(note, optional);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'invalid_note');
}
