import { z } from 'zod';
import { PAYIN_EVENT_KINDS, type PayinEventKind } from '../../payin/events';
import { PAYIN_STATUSES, type PayinStatus } from '../../payin/state';
import { PROBLEM_CODES } from '../http/problems';

/** The schemas of the API's answers, for the OpenAPI document. Tests check real answers against them. */

const STATUSES: Readonly<Record<PayinStatus, string>> = {
  CREATING: 'it is not known yet whether the order exists at Lesspay',
  PENDING_CONFIRM: 'the order exists and is not paid',
  PENDING_PAY: 'the order exists and is not paid',
  PAID: 'money arrived, but another amount; a person decides',
  SUCCEED: 'paid in full',
  FAILED: 'will not be paid',
  CANCELED: 'will not be paid',
  CLOSED: 'will not be paid',
  REFUND: 'paid, then given back',
  UNRESOLVED: 'Lesspay reported no outcome during the watch window; a person decides',
  REJECTED: 'Lesspay refused the order, could not be reached in time, or has a different order under this `request_id`',
};

const EVENT_KINDS: Readonly<Record<PayinEventKind, string>> = {
  started: 'the merchant asked for the pay-in (`amount`, `currency`)',
  transition: 'the status changed (`from`, `to`, `pay_order_id`)',
  webhook: 'a verified webhook of Lesspay arrived (`digest`, `version`, `order_status`, `event`)',
  dispute: 'Lesspay reported a dispute (`category`, `code`, `answer_by`)',
  part_refund: 'Lesspay reported a refund of another amount than was paid (`amount`, `currency`)',
  event: 'Lesspay reported an event that this release does not know (`event`)',
  card: 'Lesspay said which card paid (`issuer`, `issuer_country`, and of 3-D Secure `enrolled`, `downgraded`)',
  card_stored:
    'Lesspay has stored the card that paid, and a later pay-in can name it in `method.stored_card` (`stored_card`, `last_four`)',
  payment_declined: "Lesspay declined one of the payer's attempts to pay (`code`, `reason`)",
  alert: 'an alert was raised (`code`, `message`, `answer_by`)',
  answer_due: 'an alert that is still open must be answered in two days or less (`code`, `answer_by`)',
  alert_over: 'the cause of an alert ended (`code`, `message`)',
  operator: 'an operator acted (`action`, `who`, `why`)',
  resumed: 'a new run of the workflow continued the pay-in',
};

const meanings = (words: Readonly<Record<string, string>>) =>
  Object.entries(words)
    .map(([word, meaning]) => `\`${word}\`: ${meaning}.`)
    .join(' ');

const MAYBE_ABSENT = 'Absent only for an order that was not started here, where Lesspay does not state it.';

const instant = z.iso.datetime();
const requestId = z.string().meta({ description: "The merchant's own id of the pay-in." });
const workflowId = z.string().meta({ description: "The id of the pay-in's workflow in Temporal." });

const alert = z
  .object({
    code: z.string().meta({ description: 'Stable. `docs/operations.md` says what each code means and what to do.' }),
    message: z.string().meta({ description: 'For people. Its wording may change.' }),
    answer_by: instant.exactOptional().meta({
      description: 'Until when Lesspay must have an answer, for a dispute. Absent where Lesspay states no time.',
    }),
    seconds_left: z.int().exactOptional().meta({
      description:
        'The time left until `answer_by` when this answer was made, below zero when it is too late. Only of an open alert.',
    }),
    at: instant.meta({ description: 'When the alert was raised.' }),
    over_at: instant.exactOptional().meta({
      description:
        'When the cause of the alert ended without an action of a person. Absent while the cause lasts, and for an alert ' +
        'that only a person can close.',
    }),
  })
  .meta({ id: 'Alert', description: 'A problem that a person must look at. A closed alert stays in the list.' });

const NO_SECRETS = 'Only in the answers of `POST /payins`. A secret: for the backend and the payer alone.';

const nextStep = z
  .discriminatedUnion('type', [
    z
      .object({ type: z.literal('redirect'), url: z.string().meta({ description: 'The same as `checkout_url`.' }) })
      .meta({ title: 'redirect', description: 'Send the payer to this page.' }),
    z
      .object({
        type: z.literal('bank_transfer'),
        details: z
          .record(z.string(), z.string())
          .meta({ description: 'Names and values as Lesspay states them, e.g. `clabe`, `bank_name`, `reference`.' }),
      })
      .meta({ title: 'bank_transfer', description: 'Show the payer the account to pay into.' }),
    z
      .object({
        type: z.literal('qr_code'),
        text: z.string().meta({ description: 'What the QR code holds, to be copied where it can not be scanned.' }),
        image: z.string().meta({ description: 'The QR code: a `data:` URL of an SVG picture.' }),
      })
      .meta({ title: 'qr_code', description: 'Show the payer a QR code.' }),
    z
      .object({
        type: z.literal('payment_session'),
        token: z.string().exactOptional().meta({ description: NO_SECRETS }),
        secret: z.string().exactOptional().meta({ description: NO_SECRETS }),
      })
      .meta({ title: 'payment_session', description: "Draw Checkout.com's card form with this session." }),
    z.object({ type: z.literal('none') }).meta({ title: 'none', description: 'The payer need not act.' }),
  ])
  .meta({ id: 'NextStep' });

export const payinAnswer = z
  .object({
    request_id: requestId,
    pay_order_id: z
      .string()
      .exactOptional()
      .meta({ description: "Lesspay's id of the order. Absent until the order is known." }),
    status: z.enum(PAYIN_STATUSES).meta({ description: meanings(STATUSES) }),
    amount: z
      .string()
      .exactOptional()
      .meta({
        description: `In major units, as the merchant wrote it. ${MAYBE_ABSENT}`,
      }),
    currency: z.string().exactOptional().meta({ description: MAYBE_ABSENT }),
    checkout_url: z.string().exactOptional().meta({
      description: 'The page to send the payer to. Only while the status is `PENDING_CONFIRM` or `PENDING_PAY`.',
    }),
    next_step: nextStep.exactOptional().meta({
      description: 'What the payer must do. Only while the status is `PENDING_CONFIRM` or `PENDING_PAY`. Not in lists.',
    }),
    workflow_id: workflowId,
    created_at: instant.meta({ description: 'When the pay-in was created.' }),
    expires_at: instant.meta({
      description: 'The end of the time in which the payer can pay. The status changes only when Lesspay reports it.',
    }),
    outcome_at: instant.exactOptional().meta({ description: 'When the pay-in reached its present outcome.' }),
    stored_card: z
      .object({
        id: z
          .string()
          .meta({ description: 'Ours. Send it as `method.stored_card` of a later pay-in of the same payer.' }),
        last_four: z.string().exactOptional().meta({ description: 'Of the card number, where Lesspay states them.' }),
      })
      .exactOptional()
      .meta({ description: 'The card that Lesspay has stored after this payment. Never its token. Not in lists.' }),
    needs_attention: z.boolean().meta({ description: 'True while an alert is open: a person must act.' }),
    alerts: z.array(alert).meta({ description: 'Open and closed alerts.' }),
    metadata: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: "The merchant's own data, as it was sent. Empty if it was erased." }),
  })
  .meta({ id: 'Payin' });

export const pendingAnswer = z
  .object({ request_id: requestId, status: z.literal('CREATING'), workflow_id: workflowId })
  .meta({ id: 'PendingPayin', description: 'The pay-in has started. It is not known yet whether its order exists.' });

export const payinPage = z
  .object({
    payins: z.array(payinAnswer),
    next_cursor: z
      .string()
      .exactOptional()
      .meta({ description: 'Send it as `cursor` to get the next page. Absent on the last page.' }),
  })
  .meta({ id: 'PayinPage' });

const payinEvent = z
  .object({
    number: z
      .int()
      .min(1)
      .meta({ description: 'Every later event has a higher number. No two events of a pay-in have the same.' }),
    at: instant,
    kind: z
      .enum(PAYIN_EVENT_KINDS)
      .meta({ description: `${meanings(EVENT_KINDS)} In parentheses: the members of \`data\`, where known.` }),
    source: z.enum(['lesspay', 'merchant', 'operator', 'workflow']).meta({ description: 'Who caused the event.' }),
    data: z.record(z.string(), z.unknown()).meta({ description: 'The members depend on `kind`.' }),
  })
  .meta({ id: 'PayinEvent' });

export const eventsPage = z
  .object({
    events: z.array(payinEvent),
    next_after: z
      .int()
      .exactOptional()
      .meta({ description: 'Send it as `after` to get the next page. Absent on the last page.' }),
  })
  .meta({ id: 'PayinEvents' });

const fieldError = z
  .object({
    field: z.string().meta({ description: 'The field of the body or the query parameter.' }),
    problem: z.string().meta({ description: 'What is wrong with it.' }),
  })
  .meta({ id: 'FieldError' });

export const problemAnswer = z
  .object({
    type: z.string().meta({ description: 'A URI that ends with the code.' }),
    title: z.string().meta({ description: 'What the code means.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What is wrong in this case, and what to do.' }),
    code: z.enum(PROBLEM_CODES).meta({ description: 'Stable. Programs must decide by this member.' }),
    instance: z
      .string()
      .meta({ description: "The request's id, as in the header `X-Request-Id` and in the API's log." }),
    errors: z
      .array(fieldError)
      .exactOptional()
      .meta({ description: 'With `invalid_request`: every field that is wrong.' }),
    lesspay_code: z.int().exactOptional().meta({ description: "With `rejected`: the code of Lesspay's answer." }),
    reason: z.string().exactOptional().meta({
      description: 'With a refused webhook, or with `payin_unreadable`: the exact reason, a stable word.',
    }),
  })
  .meta({ id: 'Problem', description: 'A problem document (RFC 9457).' });

export const aliveAnswer = z.object({ status: z.literal('ok') }).meta({ id: 'Alive' });

export const readyAnswer = z
  .object({
    status: z.literal('ready'),
    temporal: z.literal('up'),
    database: z
      .enum(['up', 'down'])
      .meta({ description: 'For information: the API is ready also while the database is down.' }),
    workers: z.object({
      task_queue: z.string(),
      pollers: z.int().nullable().meta({
        description:
          'How many pollers for workflow tasks Temporal saw in the last minutes. `null` where Temporal did not answer this question.',
      }),
    }),
  })
  .meta({ id: 'Ready' });
