import type { RequestHandler } from 'express';
import { Problem } from './problems';

/** Answers 405 for every other method of a known path. */
export function allowOnly(methods: string): RequestHandler {
  return () => {
    throw new Problem('method_not_allowed', `Use ${methods} here.`, { headers: { Allow: methods } });
  };
}
