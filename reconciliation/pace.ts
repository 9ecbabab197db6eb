/**
 * Lets callers through one after the other, at most so many a second.
 * @param sleep rejects to end the work
 */
export function pace(perSecond: number, sleep: (ms: number) => Promise<void>, now: () => number): () => Promise<void> {
  const gap = 1_000 / perSecond;
  let next = 0;
  return async () => {
    const at = Math.max(next, now());
    next = at + gap;
    if (at > now()) await sleep(at - now());
  };
}
