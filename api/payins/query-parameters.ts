import type { Request } from 'express';
import type { z } from 'zod';
import { type FieldError, invalidRequest, fieldErrors } from '../http/invalid-request';

/**
 * The parameters after the `?`, checked.
 * @param schema of a strict object of texts: a parameter it does not know is refused
 * @throws Problem invalid_request that names every parameter that is wrong, unknown or there twice
 */
export function queryOf<Schema extends z.ZodObject>(req: Request, schema: Schema): z.output<Schema> {
  const given = new URLSearchParams(/\?(.*)$/s.exec(req.originalUrl)?.[1] ?? '');
  const names = [...new Set(given.keys())];
  const repeated: FieldError[] = names
    .filter((name) => given.getAll(name).length > 1)
    .map((field) => ({ field, problem: 'is given more than once; give it once' }));
  const result = schema.safeParse(Object.fromEntries(given));
  const errors = result.success ? [] : fieldErrors(result.error, 'is not a parameter of this request; leave it out');
  if (!result.success || repeated.length > 0) throw invalidRequest([...repeated, ...errors]);
  return result.data;
}
