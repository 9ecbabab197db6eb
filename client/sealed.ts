import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Texts that Temporal and the order records must never hold in clear, such as the secret of a card form's session: encrypted
 * with AES-256-GCM under a key of `CARD_SECRET_KEYS`, which only the API and the workers have.
 */

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys of 32 bytes: the first one encrypts, all decrypt. */
export type SealingKeys = readonly Buffer[];

/**
 * Encrypts a text.
 * @param about what it belongs to, e.g. the request_id; it can be opened only with the same
 * @throws Error when there is no key
 */
export function seal(text: string, about: string, [key]: SealingKeys): string {
  if (!key) throw new Error('CARD_SECRET_KEYS: is not set');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${sealed.toString('base64url')}`;
}

/** @returns undefined when no key opens it: the key was removed, or it belongs to something else */
export function unseal(sealed: string, about: string, keys: SealingKeys): string | undefined {
  const [version, base64 = ''] = sealed.split('.');
  const bytes = Buffer.from(base64, 'base64url');
  if (version !== VERSION || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  for (const key of keys)
    try {
      const opening = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([opening.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), opening.final()]).toString();
    } catch {
      continue; // another key may open it
    }
  return undefined;
}
