/** `npm test` makes what is heavy as small as its rule needs; `npm run test:full` makes it as large as it may come. */
export const IS_FULL = process.env['TEST_SIZE'] === 'full';

export const sized = (small: number, full: number): number => (IS_FULL ? full : small);

/** How many signals Temporal takes for one run, on the dev server of the tests; 10,000 is Temporal's own limit. */
export const SIGNALS_A_RUN = sized(1_000, 10_000);

/** From how many events on a run goes on in a fresh one, there: small, because Temporal suggests it. */
export const LONG_HISTORY = sized(400, 1_000);
