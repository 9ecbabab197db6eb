import { ApplicationFailure } from '@temporalio/workflow';
import type { OperatorNote } from './payin-messages';

const LONGEST_NOTE = 500;

/** What keeps a person's message without who and why out. */
export function refuseNamelessNote(note: OperatorNote): void {
  for (const member of ['who', 'why'] as const) {
    const text: unknown = note?.[member];
    if (typeof text !== 'string' || text.trim() === '' || text.length > LONGEST_NOTE) {
      const message = `say ${member}, in at most ${LONGEST_NOTE} characters: {"who": "...", "why": "..."}`;
      throw ApplicationFailure.nonRetryable(message, 'invalid_note');
    }
  }
}
