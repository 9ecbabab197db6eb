import { createCipheriv, createDecipheriv, type CipherKey, randomBytes } from 'node:crypto';

/** AES-256-GCM: a nonce of 12 bytes, the encrypted bytes, and a tag of 16 bytes. Source: NIST SP 800-38D. */
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts bytes, with a fresh nonce each time.
 * @param about is authenticated too, and not in the result: it can be decrypted only with the same
 */
export function encrypted(bytes: Uint8Array, key: CipherKey, about: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error if the bytes were changed or cut, or encrypted with another key or about something else */
export function decrypted(bytes: Uint8Array, key: CipherKey, about: string): Buffer {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
