import { z } from 'zod';
import { payinRequest } from '../../client/payin-request';
import { PAYIN_STATUSES } from '../../payin/state';

/** What a page may be asked by. Queries hold texts; these schemas make of them what the order records are asked. */

const MOST = 200;

const limit = z
  .string()
  .regex(/^([1-9][0-9]?|1[0-9][0-9]|200)$/, `must be 1 to ${MOST}`)
  .transform(Number)
  .default(50)
  .meta({ description: `How many at most, 1 to ${MOST}.`, type: 'integer', minimum: 1, maximum: MOST });

const instant = (description: string) =>
  z.iso
    .datetime({
      offset: true,
      error: 'must be an RFC 3339 instant, e.g. 2026-03-01T10:00:00Z, with a "+" written as %2B',
    })
    .exactOptional()
    .meta({ description });

/** `GET /payins` */
export const payinQuery = z.strictObject({
  status: z.enum(PAYIN_STATUSES, `must be one of ${PAYIN_STATUSES.join(', ')}`).exactOptional(),
  currency: payinRequest.shape.currency.exactOptional(),
  needs_attention: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((word) => word === 'true')
    .exactOptional()
    .meta({ description: 'Whether a person must look.' }),
  created_from: instant('Created then or later.'),
  created_to: instant('Created before that.'),
  outcome_from: instant('Came to its outcome then or later.'),
  outcome_to: instant('Came to its outcome before that.'),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/, 'must be the `next_cursor` of a page')
    .exactOptional()
    .meta({
      description: 'The `next_cursor` of the page before: a place in the order of creation, whatever the filters.',
    }),
  limit,
});

/** `GET /payins/{request_id}/events` */
export const eventsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, 'must be the number of an event, 0 to 999999999')
    .transform(Number)
    .default(0)
    .meta({ description: 'Only events with a higher number.' }),
  limit,
});
