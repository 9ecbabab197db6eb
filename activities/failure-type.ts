/** The type of a failure in the Temporal UI, e.g. `LesspayConnectionLost` for `Lesspay` and `connection_lost`. */
export const failureType = (system: string, code: string): string =>
  `${system}${code.replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase())}`;
