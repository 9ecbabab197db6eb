import { z } from 'zod';
import { KINDS } from './webhooks';

/** What a flood is told, as JSON in its first argument. */
export const flood = z.object({
  url: z.url(),
  kind: z.enum(KINDS),
  webhooks: z.int(),
  in_flight: z.int(),
  request_ids: z.array(z.string()),
  secret: z.string(),
  result_file: z.string(),
});
export type Flood = z.output<typeof flood>;

/** What it measured, as JSON in the plan's `result_file`. */
export const flooded = z.object({ seconds: z.number() });
