import type { z } from 'zod';

/** How Lesspay answers (docs/lesspay.md, "Answers"): nearly always HTTP 200, the business code inside. */
export interface Answer {
  readonly http_status: number;
  readonly body: { readonly code: number; readonly msg: string; readonly data: unknown };
}

export const succeed = (data: unknown): Answer => ({ http_status: 200, body: { code: 0, msg: 'SUCCESS', data } });

export const refuse = (code: number, msg: string, http_status = 200): Answer => ({
  http_status,
  body: { code, msg, data: null },
});

/** Code 11, with every field that is wrong. */
export const refuseParameters = ({ issues }: z.ZodError): Answer =>
  refuse(
    11,
    `parameter error: ${issues.map(({ path, message }) => `${path.join('.') || 'body'} ${message}`).join('; ')}`,
  );

/** Lesspay leaves members out of the signature that are `null` or `""`: here they count as absent, too. */
export const withoutBlanks = (body: object): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ''));
