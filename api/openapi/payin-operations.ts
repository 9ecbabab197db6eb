import { EVENTS_EXAMPLE, PAGE_EXAMPLE, PAYIN_EXAMPLE, PENDING_EXAMPLE, REQUEST_EXAMPLE } from './examples';
import { queryParameters, REQUEST_ID_PARAMETER } from './parameters';
import { answer, type Json, KEY, LIMITED, problems, schemaRef } from './responses';
import { eventsQuery, payinQuery } from '../payins/page-queries';

/** The operations of a backend, by path and method. */
export const PAYIN_PATHS: Json = {
  '/payins': {
    post: {
      operationId: 'startPayin',
      summary: 'Start a pay-in, or get the existing one',
      description:
        'Idempotent by `request_id`, without a time limit. The same request again gets the same pay-in. A request with ' +
        'the same `request_id` and different content gets 409 `other_content`; `metadata` is not compared. Needs an API ' +
        'key of scope `write`.',
      tags: ['pay-ins'],
      security: KEY,
      requestBody: {
        required: true,
        description: 'At most 64 KiB of JSON in UTF-8, without a content encoding.',
        content: { 'application/json': { schema: schemaRef('PayinRequest'), example: REQUEST_EXAMPLE } },
      },
      responses: {
        200: payin('The pay-in existed already, with the same content. The answer shows its present state.', [
          'Location',
          ...LIMITED,
        ]),
        201: payin('This request started the pay-in. Send the payer to `checkout_url`.', ['Location', ...LIMITED]),
        202: answer(
          'The pay-in has started, and there is no checkout page yet: Lesspay is slow, no worker runs, or the workflow is ' +
            'paused. Send the same request again, or read the pay-in with GET.',
          schemaRef('PendingPayin'),
          {
            headers: ['Location', 'Retry-After', ...LIMITED],
            example: PENDING_EXAMPLE,
          },
        ),
        ...problems(
          'bad_request',
          'invalid_request',
          'unauthenticated',
          'forbidden',
          'other_content',
          'request_id_taken',
          'checkout_url_lost',
          'amount_unit',
          'too_large',
          'unsupported_media_type',
          'rejected',
          'rate_limited',
          'internal',
          'records_unavailable',
          'temporal_unavailable',
          'temporal_refused',
          'overloaded',
        ),
      },
    },
    get: {
      operationId: 'listPayins',
      summary: 'List pay-ins, the newest first',
      description:
        'Reads the order records, where a change of a pay-in appears within seconds while the database is up. The list ' +
        'holds the pay-ins that match all given filters. `..._from` includes its instant, `..._to` does not. The list is ' +
        'sorted by creation, so pages stay stable. To get all pages, follow `Link` or `next_cursor` until it is absent. ' +
        'An unknown or repeated parameter is refused.',
      tags: ['pay-ins'],
      security: KEY,
      parameters: queryParameters(payinQuery),
      responses: {
        200: answer('A page of pay-ins.', schemaRef('PayinPage'), {
          headers: ['Link', ...LIMITED],
          example: PAGE_EXAMPLE,
        }),
        ...problems(
          'invalid_request',
          'unauthenticated',
          'rate_limited',
          'internal',
          'overloaded',
          'records_unavailable',
        ),
      },
    },
  },
  '/payins/{request_id}': {
    get: {
      operationId: 'getPayin',
      summary: 'Get a pay-in',
      description:
        'Before the outcome, the answer is the present state of the workflow. Where the workflow does not answer, it is ' +
        'the last recorded state. After the outcome, the answer is the order record, without a time limit. `payin_unreadable` means ' +
        'that neither is available. Its `reason` says why the workflow does not answer: `paused` (the workflow is paused ' +
        'in Temporal), `tasks_fail` (its workflow tasks fail), `busy` (it waits for Lesspay or the database), `no_worker` ' +
        '(no worker runs, or all are overloaded).',
      tags: ['pay-ins'],
      security: KEY,
      parameters: [REQUEST_ID_PARAMETER],
      responses: {
        200: payin('The pay-in.', LIMITED),
        ...problems(
          'bad_request',
          'unauthenticated',
          'not_found',
          'rate_limited',
          'internal',
          'temporal_unavailable',
          'temporal_refused',
          'overloaded',
          'payin_unreadable',
        ),
      },
    },
  },
  '/payins/{request_id}/events': {
    get: {
      operationId: 'listEvents',
      summary: 'List the events of a pay-in',
      description:
        'Sorted by `number`. Events are never removed, and changed only to erase personal data. The list may be empty just after the start of a pay-in. ' +
        'To get all pages, follow `Link` or `next_after` until it is absent.',
      tags: ['pay-ins'],
      security: KEY,
      parameters: [REQUEST_ID_PARAMETER, ...queryParameters(eventsQuery)],
      responses: {
        200: answer('A page of events.', schemaRef('PayinEvents'), {
          headers: ['Link', ...LIMITED],
          example: EVENTS_EXAMPLE,
        }),
        ...problems(
          'bad_request',
          'invalid_request',
          'unauthenticated',
          'not_found',
          'rate_limited',
          'internal',
          'records_unavailable',
          'temporal_unavailable',
          'temporal_refused',
          'overloaded',
        ),
      },
    },
  },
};

function payin(description: string, headers: readonly string[]): Json {
  return answer(description, schemaRef('Payin'), { headers, example: PAYIN_EXAMPLE });
}
