import type { z } from 'zod';

/** An answer of Lesspay (docs/lesspay.md, "Answers"): nearly always HTTP 200, with the business code in the body. */
export interface Answer {
  readonly http_status: number;
  readonly body: { readonly code: number; readonly msg: string; readonly data: unknown };
}

export const succeed = (data: unknown): Answer => ({ http_status: 200, body: { code: 0, msg: 'SUCCESS', data } });

export const refuse = (code: number, msg: string, http_status = 200): Answer => ({
  http_status,
  body: { code, msg, data: null },
});

/** An answer with code 11 that names every wrong field. */
export const refuseParameters = ({ issues }: z.ZodError): Answer =>
  refuse(
    11,
    `parameter error: ${issues.map(({ path, message }) => `${path.join('.') || 'body'} ${message}`).join('; ')}`,
  );

/** The members that are not `null` or `""`. Lesspay does not sign those, so here they count as absent. */
export const withoutBlanks = (body: object): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ''));
