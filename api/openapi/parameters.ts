import { z } from 'zod';
import { payinRequest } from '../../client/payin-request';
import type { Json } from './responses';

/** The parameters of a query's schema, as the document describes them. */
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

/** A query's texts that stand for a number or a truth value are documented as what they stand for. */
export function plain({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === 'integer') delete jsonSchema.pattern;
  if (jsonSchema.type === 'boolean') delete jsonSchema.enum;
  // `format` says it.
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
