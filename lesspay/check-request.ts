import type { z } from 'zod';
import { LesspayError, type FieldProblem } from './errors';
import { plainProblem } from './plain-problem';

/**
 * Checks a caller's input.
 * @throws LesspayError of kind `invalid_request`; its message names every wrong field, and contains no values
 */
export function checkRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { error: plainProblem });
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap(problems);
  const list = fields.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  throw new LesspayError('invalid_request', 'did_not', `The request is not valid: ${list}.`, { fields });
}

function problems(issue: z.core.$ZodIssue): FieldProblem[] {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [field, key].filter(Boolean).join('.'),
      problem: 'is not a known field',
    }));
  return [{ field: field || 'the request', problem: issue.message }];
}
