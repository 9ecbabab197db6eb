import type { Request } from 'express';

export interface SignatureHeader {
  readonly state: 'present' | 'missing' | 'doubled' | 'malformed';
  /** The header's value; undefined where it is missing or there more than once. */
  readonly value: string | undefined;
}

/** Reads the header `x-auth-signature`. Does not check whether the signature is right. */
export function signatureHeader(req: Request): SignatureHeader {
  const [value = '', ...more] = req.headersDistinct['x-auth-signature'] ?? [];
  if (more.length > 0) return { state: 'doubled', value: undefined };
  if (value === '') return { state: 'missing', value: undefined };
  return { state: /^[0-9a-f]{64}$/i.test(value) ? 'present' : 'malformed', value };
}
