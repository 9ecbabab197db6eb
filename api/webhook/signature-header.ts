import type { Request } from 'express';

export interface SignatureHeader {
  readonly state: 'present' | 'missing' | 'doubled' | 'malformed';
  /** The header's value; of two, none. */
  readonly value: string | undefined;
}

/** What `x-auth-signature` of a webhook is: right or wrong is not looked at here. */
export function signatureHeader(req: Request): SignatureHeader {
  const [value = '', ...more] = req.headersDistinct['x-auth-signature'] ?? [];
  if (more.length > 0) return { state: 'doubled', value: undefined };
  if (value === '') return { state: 'missing', value: undefined };
  return { state: /^[0-9a-f]{64}$/i.test(value) ? 'present' : 'malformed', value };
}
