import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const LIMIT_MS = 60_000;
const AGAIN_MS = 100;

const received = z.array(
  z.object({
    at: z.number(),
    request_id: z.string(),
    status: z.string(),
    repeated: z.boolean(),
    verified: z.boolean(),
  }),
);

export interface Notified {
  /** When the merchant was first notified of each pay-in's outcome, epoch ms. */
  readonly at: ReadonlyMap<string, number>;
  /** How many notifications came again. */
  readonly repeated: number;
}

/**
 * Asks the sandbox's merchant until it was notified of the outcome of each pay-in.
 * @throws Error when that takes more than a minute, or a signature is wrong
 */
export async function notificationsOf(sandboxUrl: string, request_ids: readonly string[]): Promise<Notified> {
  const wanted = new Set(request_ids);
  for (const until = Date.now() + LIMIT_MS; ; await sleep(AGAIN_MS)) {
    const answer = await fetch(`${sandboxUrl}/control/notifications`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const all = received.parse(await answer.json()).filter(({ request_id }) => wanted.has(request_id));
    if (all.some(({ verified }) => !verified)) throw new Error('A notification has a wrong signature.');
    const outcomes = all.filter(({ status, repeated }) => status === 'SUCCEED' && !repeated);
    const at = new Map(outcomes.toReversed().map((one) => [one.request_id, one.at]));
    if (at.size === wanted.size) return { at, repeated: all.filter(({ repeated }) => repeated).length };
    if (Date.now() > until) throw new Error(`${wanted.size - at.size} pay-ins were not notified within a minute.`);
  }
}
