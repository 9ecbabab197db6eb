/** What an operator reads in the UI, e.g. `LesspayConnectionLost` of Lesspay's `connection_lost`. */
export const failureType = (of: string, code: string): string =>
  `${of}${code.replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase())}`;
