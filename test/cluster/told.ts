import { z } from 'zod';
import { eachOf } from '../machinery/each-of';
import { AT_ONCE } from './traffic';

const notifications = z.array(
  z.object({
    at: z.number(),
    webhook_id: z.string(),
    number: z.number().nullable(),
    status: z.string().nullable(),
    repeated: z.boolean(),
    http_status: z.number(),
  }),
);

/** What the merchant knows of a pay-in by its notifications. It takes each `webhook-id` once, as docs/notifications.md says. */
export interface Told {
  /** When it first was told of `SUCCEED`, epoch ms. */
  readonly succeeded_at?: number;
  readonly problems: readonly string[];
}

/** @returns by request_id */
export async function toldOf(sandboxUrl: string, request_ids: readonly string[]): Promise<ReadonlyMap<string, Told>> {
  const told = new Map<string, Told>();
  await eachOf(request_ids, AT_ONCE, async (id) => {
    const url = new URL('/control/notifications', sandboxUrl);
    url.searchParams.set('request_id', id);
    const all = notifications.parse(await (await fetch(url)).json());
    const taken = all.filter(({ http_status, repeated }) => http_status === 204 && !repeated);
    const success = taken.find(({ status }) => status === 'SUCCEED');
    const last = taken.at(-1)?.status;
    told.set(id, {
      ...(success ? { succeeded_at: success.at } : {}),
      problems: last === 'SUCCEED' ? [] : [`${id}: the merchant was last told of ${last ?? 'nothing'}`],
    });
  });
  return told;
}
