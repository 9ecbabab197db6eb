import type { z } from 'zod';
import { Problem } from './problems';

/** One thing that is wrong with a request: a field of its body, or a parameter of its query. */
export interface FieldError {
  readonly field: string;
  readonly problem: string;
}

export const invalidRequest = (errors: readonly FieldError[], cause?: unknown): Problem =>
  new Problem('invalid_request', 'Correct every field that "errors" names.', { members: { errors }, cause });

/** @param unknown what to say of a field that the schema does not know */
export function fieldErrors({ issues }: z.ZodError, unknown: string): FieldError[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, problem: unknown }))
      : [{ field: issue.path.join('.') || '(body)', problem: issue.message }],
  );
}
