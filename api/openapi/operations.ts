import { PAYIN_PATHS } from './payin-operations';
import { answer, type Json, KEY, LIMITED, problems, schemaRef, textAnswer } from './responses';

const NO_KEY: Json[] = [];

/** All operations of the API, by path and method. */
export const PATHS: Json = {
  ...PAYIN_PATHS,
  '/webhooks/lesspay': {
    post: {
      operationId: 'receiveWebhook',
      summary: 'Receive a webhook of Lesspay',
      description:
        'For Lesspay only. A webhook makes the workflow ask Lesspay for the status; its own status is not believed. ' +
        '`SUCCESS` means that the webhook is stored durably. After any other answer Lesspay sends it again. Never rate ' +
        'limited. Where the receiver is apart (`WEBHOOKS_ON_API=no`), only the receiver has this path.',
      tags: ['Lesspay'],
      security: [{ lesspaySignature: [] }],
      requestBody: {
        required: true,
        description:
          "See Lesspay's API reference. `request_id` or `pay_order_id` is required; any other member is allowed.",
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
        200: textAnswer(
          '`SUCCESS`: Temporal has stored the webhook; or it is for another shop and was ignored (`REQUEST_ID_PREFIX`).',
          'text/plain',
        ),
        ...problems(
          'bad_request',
          'invalid_webhook',
          'no_order_id',
          'bad_signature',
          'webhook_version_refused',
          'address_refused',
          'too_large',
          'unsupported_media_type',
          'internal',
          'temporal_unavailable',
          'temporal_refused',
          'overloaded',
          'records_unavailable',
        ),
      },
    },
  },
  '/healthz': {
    get: {
      operationId: 'alive',
      summary: 'Check that the process is alive',
      tags: ['operation'],
      security: NO_KEY,
      responses: { 200: answer('The process is alive.', schemaRef('Alive')), ...problems('internal') },
    },
  },
  '/readyz': {
    get: {
      operationId: 'ready',
      summary: 'Check that the API can reach Temporal',
      description:
        'The answer also shows the database and the workers, for information: without them the API still starts pay-ins ' +
        'and accepts webhooks.',
      tags: ['operation'],
      security: NO_KEY,
      responses: {
        200: answer('Temporal answers.', schemaRef('Ready')),
        ...problems('internal', 'temporal_unavailable', 'temporal_refused'),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Metrics for Prometheus',
      tags: ['operation'],
      security: KEY,
      responses: {
        200: textAnswer("Metrics in Prometheus' text format.", 'text/plain', LIMITED),
        ...problems('unauthenticated', 'rate_limited', 'internal'),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'Get this document',
      tags: ['operation'],
      security: NO_KEY,
      responses: {
        200: answer('An OpenAPI 3.1 document.', { type: 'object' }, { headers: LIMITED }),
        ...problems('rate_limited', 'internal', 'overloaded'),
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'docs',
      summary: 'Read this document in a browser',
      tags: ['operation'],
      security: NO_KEY,
      responses: {
        200: textAnswer('An HTML page.', 'text/html', LIMITED),
        ...problems('rate_limited', 'internal', 'overloaded'),
      },
    },
  },
};
