import { setTimeout as sleep } from 'node:timers/promises';

/** Epoch ms, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now();

/** The life of one pay-in, from the moment it was meant to start, epoch ms. */
export type Life<Lived> = (request_id: string, intended_at: number) => Promise<Lived>;

/** So many pay-ins are in flight at any time: the next one starts when one ends. */
export async function closedLoop<Lived>(
  request_ids: readonly string[],
  inFlight: number,
  life: Life<Lived>,
): Promise<Lived[]> {
  const waiting = request_ids.values();
  const lived: Lived[] = [];
  // All take from the same iterator.
  const lane = async () => {
    for (const request_id of waiting) lived.push(await life(request_id, now()));
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return lived;
}

/** Pay-ins arrive by a schedule, so many a second, however long those before them take. */
export function openLoop<Lived>(request_ids: readonly string[], rate: number, life: Life<Lived>): Promise<Lived[]> {
  const began = now();
  return Promise.all(
    request_ids.map(async (request_id, index) => {
      const intended_at = began + (index * 1_000) / rate;
      await sleep(Math.max(intended_at - now(), 0));
      return life(request_id, intended_at);
    }),
  );
}
