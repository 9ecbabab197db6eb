import { PROBLEMS, type ProblemCode, RETRY_AFTER_S } from '../http/problems';

/** A part of the document. */
export type Json = Readonly<Record<string, unknown>>;

export const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/** A signed webhook. Member names must not contain `&` or `=`, which separate members in the signed text (docs/lesspay.md, "Signing"). */
export const WEBHOOK: Readonly<Record<string, Json>> = {
  Webhook: {
    type: 'object',
    propertyNames: { pattern: '^[^&=]*$' },
    additionalProperties: schemaRef('WebhookValue'),
  },
  WebhookValue: {
    anyOf: [
      { type: ['null', 'boolean', 'number', 'string'] },
      { type: 'array', items: schemaRef('WebhookValue') },
      schemaRef('Webhook'),
    ],
  },
};

const text = (description: string, more: Json = {}): Json => ({ description, schema: { type: 'string', ...more } });
const always = (description: string, more: Json = {}): Json => ({ ...text(description, more), required: true });

export const HEADERS: Readonly<Record<string, Json>> = {
  'X-Request-Id': always(
    "The request's id in the API's log: the caller's own `X-Request-Id` where it is valid, a new one otherwise.",
  ),
  Location: always('The path of the pay-in.', { format: 'uri-reference' }),
  Link: text('The link to the next page, `rel="next"` (RFC 8288). Absent on the last page.'),
  'Retry-After': {
    description: 'Wait so many seconds, then send the same request again.',
    schema: { type: 'integer', minimum: 0 },
    example: RETRY_AFTER_S,
    required: true,
  },
  'WWW-Authenticate': always('Which credentials the request needs (RFC 6750).'),
  RateLimit: text(
    'How many requests each rate limit still allows (IETF draft "RateLimit header fields"). Absent where there is no limit.',
  ),
};

const REQUEST_ID = 'X-Request-Id';

export function headersOf(...names: readonly string[]): Json {
  return Object.fromEntries([REQUEST_ID, ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

interface AnswerOptions {
  readonly headers?: readonly string[];
  readonly example?: unknown;
}

export function answer(description: string, schema: Json, { headers = [], example }: AnswerOptions = {}): Json {
  const content = { 'application/json': { schema, ...(example === undefined ? {} : { example }) } };
  return { description, headers: headersOf(...headers), content };
}

export const textAnswer = (description: string, type: string, headers: readonly string[] = []): Json => ({
  description,
  headers: headersOf(...headers),
  content: { [type]: { schema: { type: 'string' } } },
});

/** The error responses of an operation, by status: problem documents with one of these codes. */
export function problems(...codes: readonly ProblemCode[]): Json {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      problem(
        status,
        codes.filter((code) => PROBLEMS[code].status === status),
      ),
    ]),
  );
}

function problem(status: number, codes: readonly ProblemCode[]): Json {
  const schema = {
    allOf: [schemaRef('Problem'), { properties: { status: { const: status }, code: { enum: codes } } }],
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    headers: headersOf(...(PROBLEM_HEADERS[status] ?? [])),
    content: { 'application/problem+json': { schema } },
  };
}

const PROBLEM_HEADERS: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  429: ['Retry-After', 'RateLimit'],
  503: ['Retry-After'],
};

/** The security of an operation that needs an API key. */
export const KEY: Json[] = [{ apiKey: [] }];
/** The headers of an answer that counts against a rate limit. */
export const LIMITED: readonly string[] = ['RateLimit'];
