import { decrypted, encrypted } from '../codec/aes-gcm';

/**
 * Texts that Temporal and the order records must never hold in clear, such as the secret of a card form's session: encrypted
 * with AES-256-GCM under a key of `CARD_SECRET_KEYS`, which only the API and the workers have.
 */

const VERSION = 'v1';

/** Keys of 32 bytes: the first one encrypts, all decrypt. */
export type SealingKeys = readonly Buffer[];

/**
 * Encrypts a text.
 * @param about what it belongs to, e.g. the request_id; it can be opened only with the same
 * @throws Error when there is no key
 */
export function seal(text: string, about: string, [key]: SealingKeys): string {
  if (!key) throw new Error('CARD_SECRET_KEYS: is not set');
  return `${VERSION}.${encrypted(Buffer.from(text), key, about).toString('base64url')}`;
}

/** @returns undefined when no key opens it: the key was removed, or it belongs to something else */
export function unseal(sealed: string, about: string, keys: SealingKeys): string | undefined {
  const [version, base64 = ''] = sealed.split('.');
  if (version !== VERSION) return undefined;
  for (const key of keys)
    try {
      return decrypted(Buffer.from(base64, 'base64url'), key, about).toString();
    } catch {
      continue; // another key may open it
    }
  return undefined;
}
