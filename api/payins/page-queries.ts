import { z } from 'zod';
import { payinRequest } from '../../client/payin-request';
import { PAYIN_STATUSES } from '../../payin/state';

/** The query parameters of the lists. Their texts become what the order records take (numbers, booleans). */

const MOST = 200;

const limit = z
  .string()
  .regex(/^([1-9][0-9]?|1[0-9][0-9]|200)$/, `must be a whole number from 1 to ${MOST}`)
  .transform(Number)
  .default(50)
  .meta({
    description: `The largest number of items on the page, 1 to ${MOST}.`,
    type: 'integer',
    minimum: 1,
    maximum: MOST,
  });

const instant = (description: string) =>
  z.iso
    .datetime({
      offset: true,
      error: 'must be an RFC 3339 time, e.g. 2026-03-01T10:00:00Z. Write "+" as %2B',
    })
    .exactOptional()
    .meta({ description });

/** `GET /payins` */
export const payinQuery = z.strictObject({
  status: z
    .enum(PAYIN_STATUSES, `must be one of ${PAYIN_STATUSES.join(', ')}`)
    .exactOptional()
    .meta({ description: 'Only pay-ins with this status.' }),
  currency: payinRequest.shape.currency.exactOptional().meta({ description: 'Only pay-ins in this currency.' }),
  needs_attention: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((word) => word === 'true')
    .exactOptional()
    .meta({ description: '`true`: only pay-ins with an open alert. `false`: only pay-ins without one.' }),
  created_from: instant('Only pay-ins created at this time or later.'),
  created_to: instant('Only pay-ins created before this time.'),
  outcome_from: instant('Only pay-ins that reached their outcome at this time or later.'),
  outcome_to: instant('Only pay-ins that reached their outcome before this time.'),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/, 'must be the next_cursor of a page')
    .exactOptional()
    .meta({
      description: 'The `next_cursor` of the page before. Send it with the same filters.',
    }),
  limit,
});

/** `GET /payins/{request_id}/events` */
export const eventsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,8})$/, 'must be the number of an event, from 0 to 999999999')
    .transform(Number)
    .default(0)
    .meta({ description: 'Only events with a higher number.' }),
  limit,
});
