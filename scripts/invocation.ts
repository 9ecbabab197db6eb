/** Set by the program `lesspay-payins` (`scripts/command.ts`). */
export const AS_PROGRAM = 'LESSPAY_PAYINS_PROGRAM';

/** A usage text with its commands as the user calls them: `npm run payin -- show` is `lesspay-payins payin show`. */
export const asInvoked = (usage: string): string =>
  process.env[AS_PROGRAM] ? usage.replaceAll(/npm run ([a-z:]+)(?: --)?/g, 'lesspay-payins $1') : usage;
