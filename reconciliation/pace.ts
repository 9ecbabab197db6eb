/**
 * A rate limit: the returned function resolves at most `perSecond` times a second, in the order of its calls.
 * @param sleep waits; when it rejects, the call rejects too
 * @param now epoch ms
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
