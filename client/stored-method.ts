import type { PaymentMethod } from '../lesspay/methods';
import { seal, type SealingKeys, unseal } from './sealed';

/** A method as workflows and order records hold it: a card's token is sealed. */
export type StoredMethod = { readonly type: string; readonly [member: string]: unknown };

const about = (request_id: string): string => `card_token of ${request_id}`;

/** @throws Error when a token is to be sealed and there is no key */
export function storedMethod(
  method: PaymentMethod | undefined,
  request_id: string,
  keys: SealingKeys,
): StoredMethod | undefined {
  if (method?.type !== 'card_token') return method;
  return { type: method.type, sealed: seal(method.token, about(request_id), keys) };
}

/**
 * The method as the merchant stated it.
 * @returns undefined for a token that none of the keys opens
 */
export function statedMethod(
  { sealed, ...method }: StoredMethod,
  request_id: string,
  keys: SealingKeys,
): StoredMethod | undefined {
  if (typeof sealed !== 'string') return method;
  const token = unseal(sealed, about(request_id), keys);
  return token === undefined ? undefined : { ...method, token };
}
