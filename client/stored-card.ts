import { createHmac, hkdfSync } from 'node:crypto';
import type { CardToken } from '../lesspay/webhook-token';
import type { StoredCard } from '../payin/stored-card';
import { seal, type SealingKeys, unseal } from './sealed';

const about = (request_id: string): string => `stored_card of ${request_id}`;

/**
 * A card that Lesspay has stored, as the pay-in keeps it.
 * @returns undefined when there is no key: then nothing of it is kept
 */
export function sealCard(
  { token, last_four }: CardToken,
  request_id: string,
  keys: SealingKeys,
): StoredCard | undefined {
  const [key] = keys;
  if (!key) return undefined;
  const sealed = seal(token, about(request_id), keys);
  return { id: cardId(token, key), sealed, ...(last_four === undefined ? {} : { last_four }) };
}

/** @returns the token; undefined when none of the keys opens it, or it belongs to another pay-in */
export const openCard = ({ sealed }: StoredCard, request_id: string, keys: SealingKeys): string | undefined =>
  unseal(sealed, about(request_id), keys);

/** Without the key, the id shows nothing of the token. With another key, the same card gets another id. */
function cardId(token: string, key: Buffer): string {
  const own = Buffer.from(hkdfSync('sha256', key, '', 'id of a stored card', 32));
  return `card_${createHmac('sha256', own).update(token).digest('hex').slice(0, 32)}`;
}
