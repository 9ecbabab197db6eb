import { ApplicationFailure } from '@temporalio/activity';
import { LesspayError } from '../lesspay/errors';

/** The type of a failure in the Temporal UI, e.g. `LesspayConnectionLost` for `Lesspay` and `connection_lost`. */
export const failureType = (system: string, code: string): string =>
  `${system}${code.replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase())}`;

/**
 * A failed call of Lesspay as a failure that an operator understands in the UI; any other error unchanged.
 * @param nonRetryable kinds that a retry would not change
 */
export function asFailure(error: unknown, nonRetryable: ReadonlySet<LesspayError['kind']>): unknown {
  if (!(error instanceof LesspayError)) return error;
  const { kind, message } = error;
  return ApplicationFailure.create({
    type: failureType('Lesspay', kind),
    message,
    nonRetryable: nonRetryable.has(kind),
  });
}
