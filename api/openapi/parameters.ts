import { z } from 'zod';
import { payinRequest } from '../../client/payin-request';
import type { Json } from './responses';

/** The query parameters of a schema, in the form of OpenAPI. */
export function queryParameters({ shape }: z.ZodObject): Json[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...rest } = jsonSchema(schema);
    return { name, in: 'query', ...(description === undefined ? {} : { description }), schema: rest };
  });
}

const { description, ...requestIdSchema } = jsonSchema(payinRequest.shape.request_id);

export const REQUEST_ID_PARAMETER: Json = {
  name: 'request_id',
  in: 'path',
  required: true,
  description,
  schema: requestIdSchema,
  example: '4711',
};

function jsonSchema(schema: z.core.$ZodType): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io: 'input', override: plain });
  return json;
}

/**
 * Query parameters are texts. Where one stands for an integer or a boolean, the document shows that type, without the pattern
 * or the list of texts.
 */
export function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === 'integer') delete jsonSchema.pattern;
  if (jsonSchema.type === 'boolean') delete jsonSchema.enum;
  // `format` already says it.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
