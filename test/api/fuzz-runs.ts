import { sized } from '../machinery/size';

const asked = Number(process.env['FUZZ_RUNS'] || 0);
const limitMs = Math.max(20_000, asked * 1_000);

/**
 * How often a property is tried, half as often in `npm test`: `FUZZ_RUNS=1000 npx jest test/api/fuzz` looks longer. A failing case prints its seed,
 * also when there is no time left to make it smaller.
 */
export const fuzzRuns = (usual: number) => ({
  numRuns: asked || sized(Math.ceil(usual / 2), usual),
  interruptAfterTimeLimit: limitMs,
});

/** For jest, ms: longer than any property takes. */
export const FUZZ_TIMEOUT_MS = limitMs + 300_000;
