import { ApplicationFailure } from '@temporalio/workflow';
import { noteProblem, type OptionalMember } from '../payin/operator-note';

/** For the validator of an update. @throws ApplicationFailure `invalid_note`, which says what is wrong with the note */
export function refuseBadNote(note: unknown, optional?: readonly OptionalMember[]): void {
  const problem = noteProblem(note, optional);
  if (problem !== undefined) throw ApplicationFailure.nonRetryable(problem, 'invalid_note');
}
