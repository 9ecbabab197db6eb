import { EVENTS_EXAMPLE, PAGE_EXAMPLE, PAYIN_EXAMPLE, PENDING_EXAMPLE, REQUEST_EXAMPLE } from './examples';
import { queryParameters, REQUEST_ID_PARAMETER } from './parameters';
import { answer, type Json, problems, schemaRef, textAnswer } from './responses';
import { eventsQuery, payinQuery } from '../payins/page-queries';

const KEY = [{ apiKey: [] }];
const NO_KEY: Json[] = [];
const LIMITED = ['RateLimit'];

/** Every route, by path and method. */
export const PATHS: Json = {
  '/payins': {
    post: {
      operationId: 'startPayin',
      summary: 'Start a pay-in, or find the one there is',
      description:
        'Idempotent by `request_id`, for good: the same content again answers the same pay-in, other content is refused. ' +
        'Needs a key of scope `write`.',
      tags: ['pay-ins'],
      security: KEY,
      requestBody: {
        required: true,
        description: 'At most 64 KiB of JSON in UTF-8, without a content encoding.',
        content: { 'application/json': { schema: schemaRef('PayinRequest'), example: REQUEST_EXAMPLE } },
      },
      responses: {
        200: payin('It existed, with the same content: as it is now, with `checkout_url` while it can be paid.', [
          'Location',
          ...LIMITED,
        ]),
        201: payin('This request started it.', ['Location', ...LIMITED]),
        202: answer(
          'No page yet: Lesspay is slow, no worker runs, or the run is paused. Ask again, by the same request or by GET.',
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
          'too_large',
          'unsupported_media_type',
          'rejected',
          'rate_limited',
          'internal',
          'temporal_unavailable',
          'temporal_refused',
        ),
      },
    },
    get: {
      operationId: 'listPayins',
      summary: 'Pages of pay-ins, the newest first',
      description:
        'From the order records, which a pay-in reaches within seconds. All given filters must hold; `..._from` is in ' +
        'its range, `..._to` is not. The order is that of creation and never changes: follow `Link` or `next_cursor` ' +
        'until there is none. A parameter that is not known, or is there twice, is refused.',
      tags: ['pay-ins'],
      security: KEY,
      parameters: queryParameters(payinQuery),
      responses: {
        200: answer('A page.', schemaRef('PayinPage'), { headers: ['Link', ...LIMITED], example: PAGE_EXAMPLE }),
        ...problems('invalid_request', 'unauthenticated', 'rate_limited', 'internal', 'records_unavailable'),
      },
    },
  },
  '/payins/{request_id}': {
    get: {
      operationId: 'getPayin',
      summary: 'A pay-in',
      description:
        'Before its outcome as its workflow knows it; its outcome from its order record, long after its end too. ' +
        'While its workflow can not be asked, as last recorded, some seconds later. `payin_unreadable` says by its ' +
        '`reason` why nothing can be had: `paused`, `tasks_fail`, `busy`, `no_worker`.',
      tags: ['pay-ins'],
      security: KEY,
      parameters: [REQUEST_ID_PARAMETER],
      responses: {
        200: payin('The pay-in, with `checkout_url` while it can be paid.', LIMITED),
        ...problems(
          'bad_request',
          'unauthenticated',
          'not_found',
          'rate_limited',
          'internal',
          'temporal_unavailable',
          'temporal_refused',
          'payin_unreadable',
        ),
      },
    },
  },
  '/payins/{request_id}/events': {
    get: {
      operationId: 'listEvents',
      summary: 'What happened to a pay-in',
      description:
        'In the order of their numbers; only ever added to. None yet for a pay-in that was started a moment ago. ' +
        'Follow `Link` or `next_after` until there is none.',
      tags: ['pay-ins'],
      security: KEY,
      parameters: [REQUEST_ID_PARAMETER, ...queryParameters(eventsQuery)],
      responses: {
        200: answer('A page.', schemaRef('PayinEvents'), { headers: ['Link', ...LIMITED], example: EVENTS_EXAMPLE }),
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
        ),
      },
    },
  },
  '/webhooks/lesspay': {
    post: {
      operationId: 'receiveWebhook',
      summary: "Lesspay's webhook",
      description:
        'For Lesspay alone: a hint that something happened to an order. `SUCCESS` says that nothing can lose it any ' +
        'more; after any other answer Lesspay delivers it again. Never rate limited.',
      tags: ['Lesspay'],
      security: [{ lesspaySignature: [] }],
      requestBody: {
        required: true,
        description: "By Lesspay's reference. Any member may be there; `request_id` or `pay_order_id` must.",
        content: {
          'application/json': {
            schema: schemaRef('Webhook'),
            example: {
              request_id: '4711',
              pay_order_id: 'P2695006889096097753',
              order_status: 'SUCCEED',
              api_version: 'v2',
            },
          },
        },
      },
      responses: {
        200: textAnswer("`SUCCESS`: Temporal has it; or it is another shop's.", 'text/plain'),
        ...problems(
          'bad_request',
          'invalid_webhook',
          'no_order_id',
          'bad_signature',
          'webhook_version_refused',
          'too_large',
          'unsupported_media_type',
          'internal',
          'temporal_unavailable',
          'temporal_refused',
          'records_unavailable',
        ),
      },
    },
  },
  '/healthz': {
    get: {
      operationId: 'alive',
      summary: 'Is the process alive?',
      tags: ['operation'],
      security: NO_KEY,
      responses: { 200: answer('It is.', schemaRef('Alive')), ...problems('internal') },
    },
  },
  '/readyz': {
    get: {
      operationId: 'ready',
      summary: 'Does Temporal answer?',
      description: 'The database and the workers are told of: without them pay-ins start and webhooks are taken.',
      tags: ['operation'],
      security: NO_KEY,
      responses: {
        200: answer('It does.', schemaRef('Ready')),
        ...problems('internal', 'temporal_unavailable', 'temporal_refused'),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'For Prometheus',
      tags: ['operation'],
      security: KEY,
      responses: {
        200: textAnswer("In Prometheus' text format.", 'text/plain', LIMITED),
        ...problems('unauthenticated', 'rate_limited', 'internal'),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This document',
      tags: ['operation'],
      security: NO_KEY,
      responses: {
        200: answer('OpenAPI 3.1.', { type: 'object' }, { headers: LIMITED }),
        ...problems('rate_limited', 'internal'),
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'docs',
      summary: 'This document, to browse',
      tags: ['operation'],
      security: NO_KEY,
      responses: { 200: textAnswer('A page.', 'text/html', LIMITED), ...problems('rate_limited', 'internal') },
    },
  },
};

function payin(description: string, headers: readonly string[]): Json {
  return answer(description, schemaRef('Payin'), { headers, example: PAYIN_EXAMPLE });
}
