import type { z } from 'zod';
import { LesspayError, type FieldProblem } from './errors';

/**
 * Checks a caller's input.
 * @throws LesspayError of kind `invalid_request`; its message names every wrong field, and contains no values
 */
export function checkRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap((issue) => problems(issue, value));
  const list = fields.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  throw new LesspayError('invalid_request', 'did_not', `The request is not valid: ${list}.`, { fields });
}

function problems(issue: z.core.$ZodIssue, value: unknown): FieldProblem[] {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [field, key].filter(Boolean).join('.'),
      problem: 'is not a known field',
    }));
  const missing = MISSING.has(issue.code) && at(value, issue.path) === undefined;
  return [{ field: field || 'the request', problem: missing ? 'is required' : issue.message }];
}

const MISSING: ReadonlySet<string> = new Set(['invalid_type', 'invalid_union']);

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce(
    (inner: unknown, name) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
