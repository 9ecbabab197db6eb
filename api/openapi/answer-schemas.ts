import { z } from 'zod';
import { PAYIN_EVENT_KINDS } from '../../payin/events';
import { PAYIN_STATUSES } from '../../payin/state';
import { PROBLEM_CODES } from '../http/problems';

/** What the API answers, for its document. The tests hold real answers to it. */

const instant = z.iso.datetime();
const requestId = z.string().meta({ description: "The merchant's own id of the pay-in." });
const workflowId = z.string().meta({ description: 'In Temporal, and its UI.' });

const alert = z
  .object({
    code: z.string().meta({ description: 'Stable; `docs/operations.md` says what each means and asks for.' }),
    message: z.string(),
    at: instant,
    over_at: instant.exactOptional().meta({
      description:
        'When what it told of was over by itself; absent while it lasts, and of what only a person can settle.',
    }),
  })
  .meta({ id: 'Alert', description: 'Something that a person must look at, or has dealt with, or that is over.' });

export const payinAnswer = z
  .object({
    request_id: requestId,
    pay_order_id: z.string().exactOptional().meta({ description: "Lesspay's id; absent while no order is known." }),
    status: z.enum(PAYIN_STATUSES),
    amount: z.string().exactOptional().meta({ description: 'As the merchant wrote it.' }),
    currency: z.string().exactOptional(),
    checkout_url: z.string().exactOptional().meta({
      description: 'Where to send the payer; only while it can be paid.',
    }),
    workflow_id: workflowId,
    created_at: instant,
    expires_at: instant,
    outcome_at: instant.exactOptional().meta({ description: 'When it came to its outcome.' }),
    needs_attention: z.boolean().meta({ description: 'An alert is open: a person must look.' }),
    alerts: z.array(alert),
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'Payin' });

export const pendingAnswer = z
  .object({ request_id: requestId, status: z.literal('CREATING'), workflow_id: workflowId })
  .meta({ id: 'PendingPayin', description: 'The pay-in is started; whether its order exists is not known yet.' });

export const payinPage = z
  .object({
    payins: z.array(payinAnswer),
    next_cursor: z
      .string()
      .exactOptional()
      .meta({ description: 'For the next page, as `cursor`; absent on the last one.' }),
  })
  .meta({ id: 'PayinPage' });

const payinEvent = z
  .object({
    number: z.int().min(1).meta({ description: 'Rises; a repeated event is known by it.' }),
    at: instant,
    kind: z.enum(PAYIN_EVENT_KINDS),
    source: z.enum(['lesspay', 'merchant', 'operator', 'workflow']).meta({ description: 'Whose doing it was.' }),
    data: z.record(z.string(), z.unknown()).meta({ description: 'By kind.' }),
  })
  .meta({ id: 'PayinEvent' });

export const eventsPage = z
  .object({
    events: z.array(payinEvent),
    next_after: z.int().exactOptional().meta({ description: 'For the next page, as `after`; absent on the last one.' }),
  })
  .meta({ id: 'PayinEvents' });

const fieldError = z.object({ field: z.string(), problem: z.string() }).meta({ id: 'FieldError' });

export const problemAnswer = z
  .object({
    type: z.string().meta({ description: 'A URI that holds the code.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What to do next.' }),
    code: z.enum(PROBLEM_CODES).meta({ description: 'Stable: decide by it.' }),
    instance: z.string().meta({ description: "The request's id, as in `X-Request-Id` and in our log." }),
    errors: z.array(fieldError).exactOptional().meta({ description: 'Of `invalid_request`: all that is wrong.' }),
    lesspay_code: z.int().exactOptional().meta({ description: "Of `rejected`: Lesspay's own code." }),
    reason: z.string().exactOptional().meta({
      description: 'Of a webhook that is refused, or a pay-in that can not be read: why, more exactly.',
    }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });

export const aliveAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

export const readyAnswer = z
  .object({
    status: z.literal('ready'),
    temporal: z.literal('up'),
    database: z.enum(['up', 'down']).meta({ description: 'Told, and nothing more: without it the API is ready.' }),
    workers: z.object({
      task_queue: z.string(),
      pollers: z.int().nullable().meta({ description: '`null` when Temporal can not say.' }),
    }),
  })
  .meta({ id: 'Ready' });
