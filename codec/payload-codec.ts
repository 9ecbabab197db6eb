import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { PayloadKey, PayloadKeys } from './payload-key';

/**
 * An encrypted payload has the metadata `encoding` and `encryption-key-id`. Its data are a nonce of 12 bytes, the encrypted
 * protobuf of the whole payload, and GCM's tag of 16 bytes. The key id is authenticated too.
 * Source: the encryption samples of Temporal's SDKs; NIST SP 800-38D for GCM.
 */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A payload that can't be decrypted. The message names the key id and what to do. */
export class PayloadUndecipherableError extends Error {
  override readonly name = 'PayloadUndecipherableError';
}

/**
 * Encrypts payloads with one key, and decrypts with all keys. A payload that is not encrypted is passed through: older
 * histories, and what an operator sends with `--input`.
 */
export function payloadCodec({ encrypting, all }: PayloadKeys): PayloadCodec {
  const encoded = (payload: Payload) => (encrypting ? encrypted(payload, encrypting) : payload);
  return {
    encode: (payloads) => attempt(() => payloads.map(encoded)),
    decode: (payloads) => attempt(() => payloads.map((payload) => decrypted(payload, all))),
  };
}

/** Rejects where `work` throws. */
const attempt = <Result>(work: () => Result): Promise<Result> => new Promise((resolve) => resolve(work()));

const { Payload: Protobuf } = temporal.api.common.v1;

function encrypted(payload: Payload, { id, key }: PayloadKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(id));
  const text = [cipher.update(Protobuf.encode(payload).finish()), cipher.final()];
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat([nonce, ...text, cipher.getAuthTag()]),
  };
}

/** @throws PayloadUndecipherableError */
function decrypted(payload: Payload, keys: readonly PayloadKey[]): Payload {
  const { metadata, data } = payload;
  if (textOf(metadata?.['encoding']) !== ENCODING) return payload;
  const id = textOf(metadata?.[KEY_ID]);
  const shown = JSON.stringify(id.slice(0, 60));
  const key = keys.find((key) => key.id === id)?.key;
  if (!key)
    throw new PayloadUndecipherableError(
      `a payload is encrypted with the key ${shown}, which PAYLOAD_KEYS does not have: add that key's entry at the end of PAYLOAD_KEYS`,
    );
  try {
    const bytes = Buffer.from(data ?? []);
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return Protobuf.decode(Buffer.concat(text));
  } catch (cause) {
    throw new PayloadUndecipherableError(
      `a payload can't be decrypted with the key ${shown} of PAYLOAD_KEYS: another key had this id, or the payload was changed`,
      { cause },
    );
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();
