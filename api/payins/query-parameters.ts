import { plainProblem } from '../../lesspay/plain-problem';
import type { Request } from 'express';
import type { z } from 'zod';
import { type FieldError, invalidRequest, fieldErrors } from '../http/invalid-request';

/**
 * Reads and checks the query parameters of a request.
 * @param schema a strict object of texts: an unknown parameter is refused
 * @throws Problem invalid_request, which names every parameter that is wrong, unknown or repeated
 */
export function queryOf<Schema extends z.ZodObject>(req: Request, schema: Schema): z.output<Schema> {
  const given = new URLSearchParams(/\?(.*)$/s.exec(req.originalUrl)?.[1] ?? '');
  const names = [...new Set(given.keys())];
  const repeated: FieldError[] = names
    .filter((name) => given.getAll(name).length > 1)
    .map((field) => ({ field, problem: 'is there more than once. Send it once' }));
  const result = schema.safeParse(Object.fromEntries(given), { error: plainProblem });
  const errors = result.success ? [] : fieldErrors(result.error, () => 'is not a known parameter. Remove it');
  if (!result.success || repeated.length > 0) throw invalidRequest([...repeated, ...errors]);
  return result.data;
}
