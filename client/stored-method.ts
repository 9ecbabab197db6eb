import type { PaymentMethod } from '../lesspay/methods';
import { seal, type SealingKeys, unseal } from './sealed';

/** A method as workflows and order records hold it: a card's token is sealed. */
export type StoredMethod = { readonly type: string; readonly [member: string]: unknown };

const about = (request_id: string): string => `card_token of ${request_id}`;

/**
 * @param opened the token of the method's `stored_card`, if it has one
 * @throws Error when a token is to be sealed and there is no key, or when a stored card was not opened
 */
export function storedMethod(
  method: PaymentMethod | undefined,
  request_id: string,
  keys: SealingKeys,
  opened?: string,
): StoredMethod | undefined {
  if (method?.type !== 'card_token') return method;
  const { token = opened, ...same } = method;
  if (token === undefined) throw new Error('method.stored_card: the card must be opened first, as startPayin does');
  return { ...same, sealed: seal(token, about(request_id), keys) };
}

/**
 * The method as the merchant stated it, with the token in place of a stored card's id.
 * @returns undefined for a token that none of the keys opens
 */
export function statedMethod(
  { sealed, ...method }: StoredMethod,
  request_id: string,
  keys: SealingKeys,
): StoredMethod | undefined {
  if (typeof sealed !== 'string') return method;
  const token = unseal(sealed, about(request_id), keys);
  if (token === undefined) return undefined;
  const { stored_card: _opened, ...same } = method;
  return { ...same, type: method.type, token };
}
