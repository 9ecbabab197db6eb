import type { z } from 'zod';
import { Problem } from './problems';

/** One problem of a request: in a field of its body, or in a query parameter. */
export interface FieldError {
  readonly field: string;
  readonly problem: string;
}

export const invalidRequest = (errors: readonly FieldError[], cause?: unknown): Problem =>
  new Problem(
    'invalid_request',
    '"errors" names every field that is wrong. Correct them all, then send the request again.',
    { members: { errors }, cause },
  );

/** @param unknown the problem text for a field, by its name, that is not in the schema */
export function fieldErrors({ issues }: z.ZodError, unknown: (name: string) => string): FieldError[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => ({ field: [...issue.path, name].join('.'), problem: unknown(name) }))
      : [{ field: issue.path.join('.') || '(body)', problem: issue.message }],
  );
}
