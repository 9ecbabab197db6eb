import type { RequestHandler } from 'express';
import { Problem } from './problems';

/** Answers 405 to every other method of a known path. */
export function allowOnly(methods: string): RequestHandler {
  return () => {
    throw new Problem('method_not_allowed', `Use one of these methods here: ${methods}.`, {
      headers: { Allow: methods },
    });
  };
}
